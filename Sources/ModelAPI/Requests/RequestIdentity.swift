package import Digest
import HTTPTransport
package import JobModel
internal import JSON

extension ModelRequest {
  /// The name of a call: the SHA-256 of everything that determines its answer, the provider and its words included, keys
  /// and time-outs not. Equal requests have equal hashes, whatever order the members of a schema stand in.
  package func hash(for model: ModelName, _ provider: Provider) -> SHA256Digest {
    let headers = provider.headers.map { JSONTree.array([.string($0.name.lowercased()), .string($0.value)]) }
    let identity: JSONTree = [
      "format": 1,
      "provider": .string(provider.name),
      "api": .string(provider.api.rawValue),
      "image_api": .string(provider.imageAPI.rawValue),
      "base_url": .string(provider.baseURL.description),
      "headers": .array(headers),
      "request": tree(model),
    ]
    return SHA256Digest(of: identity.sorted.bytes)
  }

  /// The request as JSON, images by their hashes; what is not asked for is left out.
  func tree(_ model: ModelName) -> JSONTree {
    var members = [
      JSONTree.Member("model", .string(model.description)),
      JSONTree.Member("messages", .array(messages.map { $0.tree })),
      JSONTree.Member("max_output_tokens", .int(Int64(maxOutputTokens))),
    ]
    if let temperature { members.append(JSONTree.Member("temperature", .double(temperature))) }
    if let structuredOutput {
      let schema = JSONTree(structuredOutput.schema.value)
      members.append(
        JSONTree.Member("structured_output", ["name": .string(structuredOutput.name), "schema": schema]))
    }
    if let imageOptions {
      members.append(
        JSONTree.Member(
          "images", ["count": .int(Int64(imageOptions.count)), "size": imageOptions.size.map(JSONTree.string) ?? .null])
      )
    }
    return .object(members)
  }
}

extension ModelImage {
  /// What stands for an image where its bytes would be too many.
  fileprivate var summary: JSONTree {
    [
      "sha256": .string(SHA256Digest(of: bytes).hex), "media_type": .string(mediaType),
      "bytes": .int(Int64(bytes.count)),
    ]
  }
}

extension ModelRequest.Message {
  fileprivate var tree: JSONTree {
    let parts = parts.map { part -> JSONTree in
      switch part {
      case .text(let text): ["text": .string(text)]
      case .image(let picture): ["image": picture.summary]
      }
    }
    return ["role": .string(role.rawValue), "parts": .array(parts)]
  }
}
