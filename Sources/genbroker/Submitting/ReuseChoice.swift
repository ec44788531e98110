import CommandLine
import Wire

/// What a user allows to be taken from earlier jobs instead of being made again.
enum ReuseChoice: String, Choice {
  case unchanged
  case exists
  case none

  var reuse: JobsAPI.Reuse {
    switch self {
    case .unchanged: .unchanged
    case .exists: .exists
    case .none: .none
    }
  }
}
