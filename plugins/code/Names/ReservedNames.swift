/// Names that mean something already where the generated code would use them.
enum ReservedNames {
  /// A module, and what is named after it; `class` becomes `class_`.
  static func module(_ name: String) -> String { keywords.contains(name) || name == "core" ? name + "_" : name }

  /// A class; `Date` becomes `DateModel`.
  static func `class`(_ name: String) -> String { classes.contains(name) ? name + "Model" : name }

  /// An attribute of models and schemas, and the column; `metadata` becomes `metadata_`.
  static func field(_ name: String) -> String { isReservedField(name) ? name + "_" : name }

  /// What every row has and the server sets.
  static let given: Set<String> = ["id", "created_at", "updated_at"]

  private static func isReservedField(_ name: String) -> Bool { keywords.contains(name) || fields.contains(name) }

  /// Of Python 3.14, `keyword.kwlist` and `keyword.softkwlist`, in small letters.
  private static let keywords: Set<String> = [
    "false", "none", "true", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
    "pass", "raise", "return", "try", "while", "with", "yield",
  ]

  /// Imported by models, schemas, repositories, routers or tests, or built in and used there.
  private static let classes: Set<String> = [
    "APIRouter", "Annotated", "Any", "Base", "BigInteger", "Boolean", "Date", "Depends", "Double", "Email", "Enum",
    "Field",
    "ForeignKey", "Identifier", "InputSchema", "Int64", "Literal", "Mapped", "Moment", "Number", "OutputSchema", "Page",
    "PageParams", "PlainText", "Query", "Repository", "Self", "String", "Text", "UTCDateTime", "Url", "ValueError",
    "None", "True", "False", "Exception", "RuntimeError",
  ]

  private static let fields: Set<String> = [
    // The declarative base of SQLAlchemy.
    "metadata", "registry", "query",
    // What the bodies of the generated classes speak of.
    "bool", "dt", "float", "int", "mapped_column", "model_validator", "relationship", "rules_hold", "str",
    // pydantic's models.
    "construct", "copy", "dict", "from_orm", "json", "model_computed_fields", "model_config", "model_construct",
    "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields", "model_fields_set",
    "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate",
    "model_validate_json", "model_validate_strings", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "update_forward_refs", "validate",
    // The page of a list.
    "filters",
  ]
}
