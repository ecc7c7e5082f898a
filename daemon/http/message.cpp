#include "daemon/http/message.h"

#include "daemon/view/answers.h"

namespace tlswatch::http {

Response refuse(int status, std::string_view sentence) {
  return {.status = status, .body = view::error_json(status, sentence)};
}

}  // namespace tlswatch::http
