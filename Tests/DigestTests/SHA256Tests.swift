import Digest
import Testing

/// Vectors: NIST CAVP and FIPS 180-4 examples.
struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `texts have the digests that NIST gives`(text: String, hex: String) {
    #expect(SHA256Digest(of: Array(text.utf8)).hex == hex)
  }

  @Test func `a million letters a have the digest that NIST gives`() {
    var hasher = SHA256()
    for _ in 0..<1000 { hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
    #expect(hasher.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `pieces of any size give the digest of the whole`() {
    let data = (0..<200).map { UInt8($0) }
    for cut in 0...data.count {
      var hasher = SHA256()
      hasher.update(Array(data[..<cut]))
      hasher.update(Array(data[cut...]))
      #expect(hasher.finish() == SHA256Digest(of: data), "cut at \(cut)")
    }
  }

  @Test func `a hasher begins anew after it has finished`() {
    var hasher = SHA256()
    hasher.update([1, 2, 3])
    _ = hasher.finish()
    #expect(hasher.finish() == SHA256Digest(of: []))
  }

  @Test func `hexadecimal digits are read back, in lower case only and all 64`() {
    let digest = SHA256Digest(of: [7])
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == nil)
    #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(SHA256Digest(hex: digest.hex + "0") == nil)
    #expect(SHA256Digest(hex: "g" + digest.hex.dropFirst()) == nil)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
    #expect(SHA256Digest(bytes: Array(digest.bytes.dropLast())) == nil)
  }
}
