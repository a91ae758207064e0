#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace sonidesk {

/// As it is written to frames and saved states; what is not UTF-8 (names typed elsewhere) does not make it throw.
inline std::string jsonText(const nlohmann::json& value) { return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

} // namespace sonidesk
