internal import CLibCurl

/// How a transfer ended, in words that have nothing to do with libcurl.
package enum TransferEnd: Equatable, Sendable {
  /// The whole answer has come.
  case complete
  /// Somebody on our side has ended it.
  case stopped
  /// There was no connection in time.
  case connectTimeout
  /// Nothing was sent.
  case connectFailed(String)
  /// Nothing was sent: the server is not who it should be.
  case certificate(String)
  /// In the middle; what was sent may have been worked on.
  case lost(String)
  /// The address or an option cannot be used.
  case configuration(String)

  init(_ code: CURLcode) {
    let words = unsafe String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_OK: self = .complete
    case CURLE_WRITE_ERROR: self = .stopped
    // No other time-out of libcurl's is used.
    case CURLE_OPERATION_TIMEDOUT: self = .connectTimeout
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
      CURLE_OUT_OF_MEMORY, CURLE_INTERFACE_FAILED:
      self = .connectFailed(words)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM:
      self = .certificate(words)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION:
      self = .configuration(words)
    default: self = .lost(words)
    }
  }
}
