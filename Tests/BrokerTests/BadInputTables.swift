import TestSupport
import Wire

/// What clients do wrong. The fixture: job 1 is sealed, job 2 is open with a task `a`; idempotency key `k` is job 1's.
enum BadInputTables {
  static let service = "org.varlink.service.GetInfo"

  static var frames: [BadInput] {
    [
      .frame("no NUL for 2 MiB", [UInt8](repeating: 0x20, count: 2 << 20)),
      .frame("a whole message above 1 MiB", #"{"method":"\#(filler(1 << 20))"}"#),
      .frame("an empty message", ""),
      .frame("not JSON", "hello"),
      .frame("a request of HTTP", "GET / HTTP/1.1\r\nHost: genbroker\r\n\r\n"),
      .frame("half an object", #"{"method":"#),
      .frame("two objects in one message", #"{"method":"\#(service)"}{}"#),
      .frame("an array", "[]"),
      .frame("a number", "17"),
      .frame("no method", #"{"parameters":{}}"#),
      .frame("a method that is a number", #"{"method":1}"#),
      .frame("parameters that are an array", #"{"method":"\#(service)","parameters":[]}"#),
      .frame("an unknown member of the envelope", #"{"method":"\#(service)","id":1}"#),
      .frame("two flags", #"{"method":"\#(service)","more":true,"oneway":true}"#),
      .frame("a flag that is a number", #"{"method":"\#(service)","more":1}"#),
      .frame("a member twice", #"{"method":"\#(service)","method":"\#(service)"}"#),
      .frame("half a surrogate pair", #"{"method":"\ud800"}"#),
      .frame("bytes that are not UTF-8", Array(#"{"method":"#.utf8) + [0x22, 0xFF, 0xFE, 0x22, 0x7D, 0]),
      .frame(
        "a depth of 1,000", #"{"method":"\#(service)","parameters":{"a":\#(filler(1000, "["))\#(filler(1000, "]"))}}"#),
    ]
  }

  static var calls: [BadInput] {
    let page = #"{"job":1,"limit":"#
    let reason = with("reason", 1025)
    return [
      .call("an upgrade", service, "{}", "service.MethodNotImplemented", flag: "upgrade"),
      .call("an upgrade of Submit", "Jobs.Submit", #"{"kind":"x"}"#, "service.MethodNotImplemented", flag: "upgrade"),
      .call("an unknown interface", "org.example.Nothing.Do", "{}", "service.InterfaceNotFound"),
      .call("an unknown method", "Jobs.Sumbit", "{}", "service.MethodNotFound"),
      .call("a method of the service that is not there", "org.varlink.service.Stop", "{}", "service.MethodNotFound"),
      .call("a method without an interface", "org.", "{}", "service.InterfaceNotFound"),
      .call("an undeclared parameter", "Jobs.Show", #"{"job":1,"verbose":true}"#, "service.InvalidParameter"),
      .call("a missing parameter", "Jobs.Cancel", "{}", "service.InvalidParameter"),
      .call("null for a required one", "Jobs.Cancel", #"{"job":null}"#, "service.InvalidParameter"),
      .call("text for a number", "Jobs.Show", #"{"job":"1"}"#, "service.InvalidParameter"),
      .call("a number above 64 bits", "Jobs.Show", #"{"job":9223372036854775808}"#, "service.InvalidParameter"),
      .call("a number with a fraction", "Jobs.Show", #"{"job":1.5}"#, "service.InvalidParameter"),
      .call("a number with an exponent", "Jobs.Show", #"{"job":1e0}"#, "service.InvalidParameter"),
      .call("a state that is none", "Jobs.List", #"{"state":"busy"}"#, "service.InvalidParameter"),
      .call("a list for an object", "Jobs.Submit", #"{"kind":"x","options":[]}"#, "service.InvalidParameter"),
      .call("a job that is not there", "Jobs.Show", #"{"job":1000000}"#, "Jobs.NoSuchJob"),
      .call("a job below zero", "Jobs.Cancel", #"{"job":-1}"#, "Jobs.NoSuchJob"),
      .call("the smallest number", "Jobs.Show", #"{"job":-9223372036854775808}"#, "Jobs.NoSuchJob"),
      .call("a task that is not there", "Jobs.Explain", #"{"job":1,"task":"none"}"#, "Jobs.NoSuchTask"),
      .call("a backup to nowhere", "Admin.Backup", #"{"directory":"/none/there/copy"}"#, "Admin.Refused"),
      .call("a backup beside the broker", "Admin.Backup", #"{"directory":"copy"}"#, "Admin.Refused"),
      .call("a backup over a directory", "Admin.Backup", #"{"directory":"/tmp"}"#, "Admin.Refused"),
      .call("a backup to half a path", "Admin.Backup", #"{"directory":"/tmp/\u0000b"}"#, "Admin.Refused"),
      .call("a backup to a path without end", "Admin.Backup", #"{"directory":"/\#(filler(70_000))"}"#, "Admin.Refused"),
      .call("a prune without more", "Admin.Prune", #"{"keep":0}"#, "service.ExpectedMore"),
      .call("a prune of nothing", "Admin.Prune", "{}", "Admin.Refused", flag: "more"),
      .call("a prune of no jobs", "Admin.Prune", #"{"jobs":[]}"#, "Admin.Refused", flag: "more"),
      .call("a prune of a job that is none", "Admin.Prune", #"{"jobs":[1000000]}"#, "Admin.NoSuchJob", flag: "more"),
      .call("a prune of a job that has not ended", "Admin.Prune", #"{"jobs":[2]}"#, "Admin.Refused", flag: "more"),
      .call("a prune below zero", "Admin.Prune", #"{"keep":-1}"#, "Admin.Refused", flag: "more"),
      .call("an age below zero", "Admin.Prune", #"{"older_than_ms":-1}"#, "Admin.Refused", flag: "more"),
      .call(
        "an age of archived files below zero", "Admin.Prune", #"{"archived_older_than_ms":-1}"#, "Admin.Refused",
        flag: "more"),
      .call("a size below zero", "Admin.Prune", #"{"max_bytes":-1}"#, "Admin.Refused", flag: "more"),
      .call("a limit of 0", "Jobs.Tasks", page + "0}", "Jobs.Refused"),
      .call("a limit of 501", "Jobs.Tasks", page + "501}", "Jobs.Refused"),
      .call("a limit of 501 files", "Files.List", page + "501}", "Files.Refused"),
      .call("a limit below zero", "Jobs.List", #"{"limit":-1}"#, "Jobs.Refused"),
      .call("a page behind a task that is not there", "Jobs.Tasks", #"{"job":1,"after":"none"}"#, "Jobs.NoSuchTask"),
      .call("tasks for a sealed job", "Jobs.AddTasks", #"{"job":1,"tasks":[{"key":"z"}]}"#, "Jobs.Conflict"),
      .call("a key with other content", "Jobs.AddTasks", #"{"job":2,"tasks":[{"key":"a","op":"b"}]}"#, "Jobs.Conflict"),
      .call("a file that is not there", "Files.Read", #"{"job":1,"path":"none"}"#, "Files.NoSuchFile", flag: "more"),
      .call("a reason for Pause of 1,025 bytes", "Jobs.Pause", reason, "Jobs.Refused"),
      .call("a reason for Cancel of 1,025 bytes", "Jobs.Cancel", reason, "Jobs.Refused"),
      .call("a pattern of 513 bytes", "Jobs.Tasks", with("match", 513), "Jobs.Refused"),
      .call("a pattern of 513 bytes for Retry", "Jobs.Retry", with("match", 513), "Jobs.Refused"),
      .call("a page behind a key of 513 bytes", "Jobs.Tasks", with("after", 513), "Jobs.Refused"),
      .call("Explain of a key of 513 bytes", "Jobs.Explain", with("task", 513), "Jobs.Refused"),
      .call("logs of a key of 513 bytes", "Jobs.Logs", with("task", 513), "Jobs.Refused"),
      .call("a list of a kind of 33 bytes", "Jobs.List", #"{"kind":"\#(filler(33))"}"#, "Jobs.Refused"),
      .call("a prefix of 1,025 bytes", "Files.List", with("prefix", 1025), "Files.Refused"),
      .call("files behind a path of 1,025 bytes", "Files.List", with("after", 1025), "Files.Refused"),
      .call("a path of 1,025 bytes", "Files.Read", with("path", 1025), "Files.Refused", flag: "more"),
      .call(
        "a worker with a name of 900,000 bytes", "Admin.DrainWorker", #"{"worker":"\#(filler(900_000))"}"#,
        "Admin.NoSuchWorker"),
      .call(
        "a file outside", "Files.Read", #"{"job":1,"path":"../../../etc/passwd"}"#, "Files.NoSuchFile", flag: "more"),
      .call(
        "a version below zero", "Files.Read", #"{"job":1,"path":"a","version":-1}"#, "Files.NoSuchFile", flag: "more"),
      .call("going back while something is made", "Files.Rollback", #"{"job":1,"path":"none"}"#, "Files.Conflict"),
      .call("a version without a path", "Files.Rollback", #"{"job":1,"version":1}"#, "Files.Refused"),
      .call("a path and a phase", "Files.Rollback", #"{"job":1,"path":"a","phase":"p"}"#, "Files.Refused"),
      .call("going back to version 0", "Files.Rollback", #"{"job":1,"path":"a","version":0}"#, "Files.Refused"),
      .call("going back with a key of 513 bytes", "Files.Rollback", with("match", 513), "Files.Refused"),
      .call(
        "a record by hand", "Files.Put", #"{"job":1,"path":"//pairs/a","sha256":"\#(filler(64, "0"))"}"#,
        "Files.Refused"),
      .call(
        "a file by hand of a type that is none", "Files.Put",
        #"{"job":1,"path":"a","sha256":"\#(filler(64, "0"))","media_type":"text"}"#, "Files.Refused"),
      .call("a file by hand without a hash", "Files.Put", #"{"job":1,"path":"a","sha256":"x"}"#, "Files.Refused"),
      .call(
        "a file by hand while something is made", "Files.Put",
        #"{"job":1,"path":"a","sha256":"\#(filler(64, "0"))"}"#, "Files.Conflict"),
      .call(
        "a reason of 1,025 bytes", "Files.Put",
        #"{"job":1,"path":"a","sha256":"\#(filler(64, "0"))","why":"\#(filler(1025))"}"#, "Files.Refused"),
      .call("archiving while something is made", "Files.Archive", #"{"job":1,"paths":["a"]}"#, "Files.Conflict"),
      .call("archiving no paths", "Files.Archive", #"{"job":1,"paths":[]}"#, "Files.Refused"),
      .call("archiving a path and a phase", "Files.Archive", #"{"job":1,"paths":["a"],"phase":"p"}"#, "Files.Refused"),
      .call("archiving a file outside", "Files.Archive", #"{"job":1,"paths":["../a"]}"#, "Files.Refused"),
      .call("records of no job", "Files.Records", #"{"job":1000000}"#, "Files.NoSuchJob"),
      .call("records of a set with a slash", "Files.Records", #"{"job":1,"set":"a/b"}"#, "Files.Refused"),
      .call("records behind half a name", "Files.Records", #"{"job":1,"after_set":"a"}"#, "Files.Refused"),
      .call(
        "records behind a control character", "Files.Records", #"{"job":1,"after_set":"a","after_key":"\u0000"}"#,
        "Files.Refused"),
      .call("finding by a column that is none", "Files.Find", #"{"columns":{"colour":"red"}}"#, "Files.Refused"),
      .call("finding by nothing", "Files.Find", #"{"columns":{"type":""}}"#, "Files.Refused"),
      .call("finding by 257 bytes", "Files.Find", #"{"columns":{"type":"\#(filler(257))"}}"#, "Files.Refused"),
      .call("finding before 0", "Files.Find", #"{"before":-1}"#, "Files.Refused"),
      .call("finding in no job", "Files.Find", #"{"job":1000000}"#, "Files.NoSuchJob"),
      .call("statistics of a column that is none", "Files.Stats", #"{"columns":{"colour":"red"}}"#, "Files.Refused"),
      .call("statistics since before 1970", "Files.Stats", #"{"since_ms":-1}"#, "Files.Refused"),
      .call("a collection that is none", "Files.ShowCollection", #"{"name":"none"}"#, "Files.NoSuchCollection"),
      .call("a collection without a name", "Files.ShowCollection", #"{"name":""}"#, "Files.Refused"),
      .call("a collection of 257 bytes", "Files.SetCollection", #"{"name":"\#(filler(257))"}"#, "Files.Refused"),
      .call("taking away no collection", "Files.DeleteCollection", #"{"name":"none"}"#, "Files.NoSuchCollection"),
      .call("adding nothing", "Files.AddToCollection", #"{"name":"c","files":[]}"#, "Files.Refused"),
      .call(
        "adding a file that is not there", "Files.AddToCollection", #"{"name":"c","files":[{"job":1,"path":"none"}]}"#,
        "Files.NoSuchFile"),
      .call(
        "adding a file of no job", "Files.AddToCollection", #"{"name":"c","files":[{"job":1000000,"path":"a"}]}"#,
        "Files.NoSuchJob"),
      .call(
        "removing from no collection", "Files.RemoveFromCollection", #"{"name":"c","files":[{"job":1,"path":"a"}]}"#,
        "Files.NoSuchCollection"),
      .call(
        "moving in no collection", "Files.MoveInCollection", #"{"name":"c","file":{"job":1,"path":"a"}}"#,
        "Files.NoSuchCollection"),
      .call(
        "a task with credits below zero", "Jobs.AddTasks", #"{"job":2,"tasks":[{"key":"c","credits":-1}]}"#,
        "Jobs.Refused"),
      .call(
        "a task with a column that is none", "Jobs.AddTasks",
        #"{"job":2,"tasks":[{"key":"c","columns":{"status":"x"}}]}"#,
        "Jobs.Refused"),
      .call(
        "a collection of a task without outputs", "Jobs.AddTasks",
        #"{"job":2,"tasks":[{"key":"c","collections":["x"]}]}"#,
        "Jobs.Refused"),
      .call("the groups of no job", "Jobs.Groups", #"{"job":1000000}"#, "Jobs.NoSuchJob"),
      .call("groups of no depth", "Jobs.Groups", #"{"job":1,"depth":0}"#, "Jobs.Refused"),
      .call("groups of 9 folders", "Jobs.Groups", #"{"job":1,"depth":9}"#, "Jobs.Refused"),
      .call("501 groups", "Jobs.Groups", #"{"job":1,"limit":501}"#, "Jobs.Refused"),
      .call("groups behind 1,025 bytes", "Jobs.Groups", with("after", 1025), "Jobs.Refused"),
      .call("what is out of date in no job", "Jobs.Outdated", #"{"job":1000000}"#, "Jobs.NoSuchJob"),
      .call("the history of no file", "Files.History", #"{"job":1,"path":"none"}"#, "Files.NoSuchFile"),
      .call("the history of no job", "Files.History", #"{"job":1000000,"path":"none"}"#, "Files.NoSuchJob"),
      .call("a history of 101 versions", "Files.History", #"{"job":1,"path":"a","limit":101}"#, "Files.Refused"),
      .call("a history before 0", "Files.History", #"{"job":1,"path":"a","before":0}"#, "Files.Refused"),
      .call("the history of a path of 1,025 bytes", "Files.History", with("path", 1025), "Files.Refused"),
      .call("Read without more", "Files.Read", #"{"job":1,"path":"none"}"#, "service.ExpectedMore"),
      .call("Watch without more", "Jobs.Watch", "{}", "service.ExpectedMore"),
      .call("Watch of a job that is not there", "Jobs.Watch", #"{"job":1000000}"#, "Jobs.NoSuchJob", flag: "more"),
      .call("a cursor that is none", "Jobs.Watch", #"{"since":"yesterday"}"#, "Jobs.Refused", flag: "more"),
      .call("a cursor with three parts", "Jobs.Watch", #"{"since":"a:1:2"}"#, "Jobs.Refused", flag: "more"),
      .call("a cursor below zero", "Jobs.Watch", #"{"since":"a:-1"}"#, "Jobs.Refused", flag: "more"),
      .call("a cursor of another store", "Jobs.Watch", #"{"since":"other:1"}"#, "Jobs.CursorTooOld", flag: "more"),
      .call("Attend without more", "Worker.Attend", #"{"session":"x"}"#, "service.ExpectedMore"),
      .call("Attend without a session", "Worker.Attend", #"{"session":""}"#, "Worker.NoSuchSession", flag: "more"),
      .call(
        "Attend with a guessed session", "Worker.Attend", #"{"session":"\#(filler(32, "0"))"}"#, "Worker.NoSuchSession",
        flag: "more"),
      .call("Hello with a path as a kind", "Worker.Hello", hello(kind: "../docs"), "Worker.Refused"),
      .call("Hello with slots below zero", "Worker.Hello", hello(slots: -1), "Worker.Refused"),
      .call("Hello with 1,001 slots", "Worker.Hello", hello(slots: 1001), "Worker.Refused"),
      .call("Hello with a name of 2,000 bytes", "Worker.Hello", hello(name: filler(2000)), "Worker.Refused"),
      .call(
        "a result without Hello", "Worker.PutResult",
        #"{"session":"","lease":1,\#(ScriptedWorker.result("a", "b"))}"#, "Worker.NoSuchSession"),
      .call("a heartbeat without Hello", "Worker.Heartbeat", #"{"session":""}"#, "Worker.NoSuchSession"),
    ]
  }

  /// Parameters of a call on job 1 with a text of so many bytes.
  private static func with(_ name: String, _ bytes: Int) -> String { #"{"job":1,"\#(name)":"\#(filler(bytes))"}"# }

  private static func hello(kind: String = "x", name: String = "x", slots: Int = 1) -> String {
    #"{"kind":"\#(kind)","name":"\#(name)","pid":1,"slots":\#(slots)}"#
  }

  static var submissions: [BadInput] {
    let absent = hash("never uploaded")
    func input(_ name: String) -> String { #""inputs":[{"name":"\#(name)","sha256":"\#(absent)"}]"# }
    return [
      .call("a kind that is a path", "Jobs.Submit", #"{"kind":"../../bin/sh"}"#, "Jobs.Refused"),
      .call(
        "a task of the broker's own kind", "Jobs.Submit", #"{"kind":"x","tasks":[{"key":"a","kind":"recipe"}]}"#,
        "Jobs.Refused"),
      .call("an empty kind", "Jobs.Submit", #"{"kind":""}"#, "Jobs.Refused"),
      .call("a kind of 33 bytes", "Jobs.Submit", #"{"kind":"\#(filler(33))"}"#, "Jobs.Refused"),
      .task("an empty key", #""key":"""#),
      .task("a key with a NUL", #""key":"a\u0000b""#),
      .task("a key with a line feed", #""key":"a\nb""#),
      .task("a key of 2,000 bytes", #""key":"\#(filler(2000))""#),
      .task("an output outside", #""key":"a","outputs":["../../etc/passwd"]"#),
      .task("an absolute output", #""key":"a","outputs":["/etc/passwd"]"#),
      .task("a task that needs itself", #""key":"a","needs":["a"]"#, "Jobs.Conflict"),
      .submit("needs in a circle", #""tasks":[{"key":"a","needs":["b"]},{"key":"b","needs":["a"]}]"#, "Jobs.Conflict"),
      .submit("labels that look the same", #""labels":{"\u00fc":"x","u\u0308":"y"}"#, "service.InvalidParameter"),
      .submit("a key twice", #""tasks":[{"key":"a"},{"key":"a"}]"#),
      .task("a payload nested 49 deep", #""key":"a","payload":\#(nested(49))"#),
      .task("a payload above 256 KiB", #""key":"a","payload":{"a":"\#(filler(256 << 10))"}"#),
      .task("a payload that is a list", #""key":"a","payload":[]"#, "service.InvalidParameter"),
      .task("a time limit of 0", #""key":"a","timeout_ms":0"#),
      .task("attempts of 0", #""key":"a","max_attempts":0"#),
      .task("1,001 outputs", #""key":"a","outputs":\#(list(1001) { "\"o\($0)\"" })"#),
      .task(
        "outputs of 128 KiB together",
        #""key":"a","outputs":\#(list(200) { "\"\($0)/\(filler(200))/\(filler(200))/\(filler(200))/\(filler(200))\"" })"#
      ),
      .task("an empty op", #""key":"a","op":"""#),
      .task("10,001 needs", #""key":"a","needs":\#(list(10_001) { "\"n\($0)\"" })"#),
      .submit("5,001 tasks", #""tasks":\#(list(5001) { "{\"key\":\"k\($0)\"}" })"#),
      .submit("options nested 49 deep", #""options":\#(nested(49))"#),
      .submit("options above 64 KiB", #""options":{"a":"\#(filler(64 << 10))"}"#),
      .submit("33 labels", #""labels":{\#((0..<33).map { "\"l\($0)\":\"\"" }.joined(separator: ","))}"#),
      .submit("a label without a name", #""labels":{"":"x"}"#),
      .submit("a label's name with a NUL", #""labels":{"a\u0000b":"x"}"#),
      .submit("a label's value with a line feed", #""labels":{"a":"x\ny"}"#),
      .submit("10,001 inputs", #""inputs":\#(list(10_001) { "{\"name\":\"\($0)\",\"sha256\":\"\(absent)\"}" })"#),
      .submit("an input that was not uploaded", input("a.bpmn")),
      .submit("an input outside", input("../../etc/passwd")),
      .submit("an absolute input", input("/etc/passwd")),
      .submit("an input with a NUL", input(#"a\u0000b"#)),
      .submit("an input with a control character", input(#"a\u001bb"#)),
      .submit("an input name of 2,000 bytes", input(filler(2000))),
      .submit("an input whose hash is none", #""inputs":[{"name":"a","sha256":"abc"}]"#),
      .submit("a project with a slash", #""project":"a/b""#),
      .submit("a project with a leading dot", #""project":"..""#),
      .submit("a priority of 101", #""priority":101"#),
      .submit("a title of 2,000 bytes", #""title":"\#(filler(2000))""#),
      .submit("an empty idempotency key", #""idempotency_key":"""#),
      .submit("an idempotency key of 257 bytes", #""idempotency_key":"\#(filler(257))""#),
      .submit("an idempotency key with other content", #""idempotency_key":"k","title":"other""#, "Jobs.Conflict"),
    ]
  }

  static var uploads: [BadInput] {
    let known = #""sha256":"\#(hash("abc"))""#
    return [
      .upload("base64 that is none", #"\#(known),"size":3,"offset":0,"data":"YW*j""#),
      .upload("base64 without padding", #"\#(known),"size":3,"offset":0,"data":"YQ""#),
      .upload("a hash that is none", #""sha256":"xyz","size":3,"offset":0,"data":"""#),
      .upload("a hash in capitals", #""sha256":"\#(hash("abc").uppercased())","size":3,"offset":0,"data":"""#),
      .upload("bytes with another hash", #"\#(known),"size":3,"offset":0,"data":"YWJk""#, "Jobs.Conflict"),
      .upload("a chunk at an offset that is not its turn", #"\#(known),"size":9,"offset":3,"data":"YWJj""#),
      .upload("a chunk below zero", #"\#(known),"size":9,"offset":-3,"data":"YWJj""#),
      .upload("more bytes than announced", #"\#(known),"size":2,"offset":0,"data":"YWJj""#),
      .upload("2 GiB announced", #"\#(known),"size":2147483648,"offset":0,"data":"YWJj""#),
      .upload("a size below zero", #"\#(known),"size":-1,"offset":0,"data":"""#),
      .upload("a chunk above 256 KiB", #"\#(known),"size":999999,"offset":0,"data":"\#(filler(349_528, "A"))""#),
    ]
  }
}
