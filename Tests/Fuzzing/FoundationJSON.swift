import Foundation
package import JSON

extension JSONTree {
  /// Whether Foundation's parser has read the same.
  package func isRead(as object: Any) -> Bool {
    switch self {
    case .null: object is NSNull
    case .bool(let value): (object as? Bool) == value
    case .int(let value): (object as? NSNumber)?.int64Value == value
    // Foundation's own reading is off by the last bit now and then.
    case .double(let value): ((object as? NSNumber)?.doubleValue).map { abs($0 - value) <= abs(value) * 1e-14 } ?? false
    case .string(let value): (object as? String)?.utf8.elementsEqual(value.utf8) ?? false
    case .array(let values):
      (object as? [Any]).map { $0.count == values.count && zip(values, $0).allSatisfy { $0.isRead(as: $1) } } ?? false
    case .object(let members):
      (object as? [String: Any]).map { object in
        object.count == members.count && members.allSatisfy { $0.value.isRead(as: object[$0.key] as Any) }
      } ?? false
    }
  }
}
