import CommandLine
import JSON

/// What `genbroker doctor` has found about one thing.
struct Diagnosis: Equatable {
  enum Grade: String {
    case ok, warn, fail
  }

  var grade: Grade
  /// What was looked at, in a word or two.
  var subject: String
  var finding: String
  /// What to do; nil where nothing is to be done.
  var remedy: String?

  static func ok(_ subject: String, _ finding: String) -> Diagnosis {
    Diagnosis(grade: .ok, subject: subject, finding: finding)
  }

  static func warn(_ subject: String, _ finding: String, remedy: String) -> Diagnosis {
    Diagnosis(grade: .warn, subject: subject, finding: finding, remedy: remedy)
  }

  static func fail(_ subject: String, _ finding: String, remedy: String) -> Diagnosis {
    Diagnosis(grade: .fail, subject: subject, finding: finding, remedy: remedy)
  }

  /// The member names of the object: grade, subject, finding, remedy.
  var tree: JSONTree {
    .object(
      [
        .init("grade", .string(grade.rawValue)), .init("subject", .string(subject)),
        .init("finding", .string(finding)),
      ] + (remedy.map { [.init("remedy", .string($0))] } ?? []))
  }
}

/// One line for each diagnosis, with the remedy below, and a last line that sums up.
func diagnosisLines(_ diagnoses: [Diagnosis]) -> [StyledText] {
  let columns = (diagnoses.map { displayWidth($0.subject) }.max() ?? 0) + 2
  let lines = diagnoses.flatMap { diagnosis in
    let head =
      StyledText(diagnosis.grade.rawValue, diagnosis.grade.paint).padded(to: 6)
      + StyledText(diagnosis.subject).padded(to: columns)
    let rest = diagnosis.remedy.map { [StyledText("").padded(to: columns + 6) + StyledText("→ \($0)", .dim)] } ?? []
    return [head + StyledText(diagnosis.finding)] + rest
  }
  let (failed, warned) = (diagnoses.count { $0.grade == .fail }, diagnoses.count { $0.grade == .warn })
  if failed > 0 { return lines + [StyledText("\(Human.count(failed, "thing")) must be put right", .red)] }
  if warned > 0 { return lines + [StyledText("it works; \(Human.count(warned, "thing")) to look at", .yellow)] }
  return lines + [StyledText("all is well", .green)]
}

extension Diagnosis.Grade {
  var paint: Paint {
    switch self {
    case .ok: .green
    case .warn: .yellow
    case .fail: .red
    }
  }
}
