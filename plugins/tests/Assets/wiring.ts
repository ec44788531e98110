// The way from the tests of process models to a real system.
//
// All tests are skipped until BPMN_WIRING names a module whose function `wire` opens the real system in a page and returns a
// run of a process. Ids are those of the BPMN file.
import { test, type Page } from "@playwright/test";

/** One run of a process in the real system. */
export interface Run {
  /** Begins with these nodes: a start event, as a rule. */
  start(nodes: string[]): Promise<void>;
  /** Puts the run at a node that no start leads to. */
  place(node: string): Promise<void>;
  /** Lets something come by a flow. */
  bring(flow: string): Promise<void>;
  /** Chooses data with which the conditions of these flows hold, and no others. */
  decide(flows: string[]): Promise<void>;
  /** How often the work of a node has to be done. */
  repeat(node: string, times: number): Promise<void>;
  /** Does the work of an activity. */
  complete(node: string): Promise<void>;
  /** Lets happen what an event waits for. */
  occur(event: string): Promise<void>;
  /** The nodes at which the run stands, in the order of the model. */
  at(): Promise<string[]>;
  /** Whether the run has come to its end. */
  hasEnded(): Promise<boolean>;
}

/** Opens a run of a process in the real system; skips the test when none is wired. */
export async function wire(page: Page, file: string, processId: string): Promise<Run> {
  const module = process.env.BPMN_WIRING;
  test.skip(!module, "not wired: it asks the real system; set BPMN_WIRING to a module as wiring.ts tells");
  const wiring = await import(String(module));
  return wiring.wire(page, file, processId);
}
