// npm install --save-dev @playwright/test, then: npx playwright test --config tests/playwright.config.ts
import { defineConfig } from "@playwright/test";

export default defineConfig({ testDir: ".", testMatch: "**/*.spec.ts" });
