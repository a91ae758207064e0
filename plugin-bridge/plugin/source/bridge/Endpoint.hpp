#pragma once
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace sonidesk {

/// Where the app listens and the token it wants, from the 0600 file that the app writes while it runs.
struct Endpoint
{
    std::string address;
    std::string token;

    static std::string file()
    {
        const auto variable = [](const char* name) {
            const char* value = std::getenv(name);
            return std::string(value != nullptr ? value : "");
        };
        if (const std::string chosen = variable("SONIDESK_BRIDGE"); !chosen.empty()) return chosen;
#if defined(_WIN32)
        return variable("LOCALAPPDATA") + "\\SoniDesk\\bridge.json";
#elif defined(__APPLE__)
        return variable("HOME") + "/Library/Application Support/SoniDesk/bridge.json";
#else
        const std::string runtime = variable("XDG_RUNTIME_DIR");
        return (runtime.empty() ? "/tmp/sonidesk-" + std::to_string(getuid()) : runtime + "/sonidesk") + "/bridge.json";
#endif
    }

    /// Nothing while the app does not run or the file is being written.
    static std::optional<Endpoint> read()
    {
        std::ifstream stream(file());
        const nlohmann::json value = nlohmann::json::parse(stream, nullptr, false);
        if (!value.is_object() || !value.contains("address") || !value.contains("token")) return std::nullopt;
        if (!value["address"].is_string() || !value["token"].is_string()) return std::nullopt;
        return Endpoint{value["address"], value["token"]};
    }
};

} // namespace sonidesk
