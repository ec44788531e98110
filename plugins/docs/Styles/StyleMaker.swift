import JSON
import PluginKit

/// Does one task of op `style` or `room`: from the catalogue, or with a model.
struct StyleMaker {
  private let task: GenerationTask
  private let host: any Host

  init(_ task: GenerationTask, _ host: any Host) {
    (self.task, self.host) = (task, host)
  }

  func writeStyle() throws {
    let payload = try StylePayload(task, subject: "subcategory")
    if task.isDone(payload.path) { return }
    let design = StyleDesign(payload.subject)
    let json =
      task.hasModel
      ? try StyleAnswer(design, payload).ask(host) : StyleText(design).json
    try put(json, at: payload.path, design.name)
  }

  func writeRoom() throws {
    let payload = try StylePayload(task, subject: "room")
    if task.isDone(payload.path) { return }
    let design = RoomDesign(try StyleSource(host), room: payload.subject)
    let json =
      task.hasModel ? try RoomAnswer(design, payload).ask(host) : RoomText(design).json
    try put(json, at: payload.path, "\(design.style.name), \(design.name)")
  }

  private func put(_ json: JSONTree, at path: String, _ note: String) throws {
    let meta: JSONTree = ["made_by": json["made_by"] ?? .null, "model": json["model"] ?? .null]
    try host.put(
      path: path, mediaType: "application/json", text: String(decoding: json.bytes, as: UTF8.self) + "\n",
      meta: JSONText(meta))
    try host.progress(done: 1, total: 1, note: note)
  }
}
