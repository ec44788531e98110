import Foundation

/// Small pictures.
package enum SampleImages {
  /// 16 × 8 px, the left half blue.
  package static let jpeg = Array(
    Data(
      base64Encoded: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8X\
        GBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAAR\
        CAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAgJ/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABUBAQEAAAAAAAAAAAAAAAAA\
        AAYH/8QAHBEAAQMFAAAAAAAAAAAAAAAAAAUHQ0SBgsHC/9oADAMBAAIRAxEAPwCbG8wLG4dLnwGkaS2z/9k=
        """) ?? Data())

  /// 24 × 16 px, transparent, with a red field of 12 × 8 px in its middle.
  package static let webp = Array(
    Data(
      base64Encoded: "UklGRiwAAABXRUJQVlA4TCAAAAAvF8ADEA8QAxzzHwxFDQhAjv6dNPMzESL6PwGYU58wAw==") ?? Data())
}
