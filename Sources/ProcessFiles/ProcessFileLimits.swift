/// Every bound of the module, each with its unit in the name.
enum ProcessFileLimits {
  /// Bytes of the readable part of a page's name; its folder has the same bound.
  static let slugBytesMax = 60
  /// Files named in the message about unreadable input; the rest is counted.
  static let badFilesShownMax = 50
  /// The length of that message: the broker stores 4 KiB.
  static let badInputMessageBytesMax = 3_800
}
