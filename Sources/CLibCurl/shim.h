#ifndef GENBROKER_CLIBCURL_SHIM_H
#define GENBROKER_CLIBCURL_SHIM_H

#include <curl/curl.h>
#include <fcntl.h>

/* Swift cannot import variadic functions; these are the ones that we call, one for each type of their argument. */

static inline CURLcode gb_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

/* libcurl copies what it is given, except for CURLOPT_POSTFIELDS. */
static inline CURLcode gb_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode gb_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

/* The list has to outlive the transfer. */
static inline CURLcode gb_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

typedef size_t (*gb_curl_write)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode gb_curl_set_write(CURL *easy, gb_curl_write function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode gb_curl_set_header(CURL *easy, gb_curl_write function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

static inline CURLcode gb_curl_set_context(CURL *easy, void *context) {
  return curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
}

static inline void *gb_curl_context(CURL *easy) {
  void *context = 0;
  return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context) == CURLE_OK ? context : 0;
}

static inline long gb_curl_info_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

/* libcurl 7.88 opens sockets that children inherit (mended in 8.17). */
static inline curl_socket_t gb_curl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)context;
  (void)purpose;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static inline CURLcode gb_curl_set_open_socket(CURL *easy) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, gb_curl_open_socket);
}

static inline CURLMcode gb_curl_multi_set_socket(CURLM *multi, curl_socket_callback function, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
  return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}

static inline CURLMcode gb_curl_multi_set_timer(CURLM *multi, curl_multi_timer_callback function, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
  return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

static inline CURLMcode gb_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/* CURL_SOCKET_TIMEOUT is an expression, which Swift cannot import everywhere. */
static const curl_socket_t gb_curl_socket_timeout = CURL_SOCKET_TIMEOUT;

/* The next transfer that has ended and how; 0 when there is none. The message itself lives only until the next call. */
static inline CURL *gb_curl_next_done(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message = 0;
  while ((message = curl_multi_info_read(multi, &left)) != 0) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return 0;
}

#endif
