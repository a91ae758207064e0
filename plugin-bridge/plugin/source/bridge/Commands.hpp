#pragma once
#include "../protocol/Frame.hpp"
#include "BridgeListener.hpp"
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sonidesk {

/// Reads what the app tells an instance after its welcome, checks it and passes it on. Nothing in it is trusted: whatever has a wrong
/// form is refused as a whole, numbers are held to their ranges.
class Commands
{
public:
    explicit Commands(BridgeListener& hears) : listener(hears) {}

    /// [bridge-thread] False when the message has a wrong form; `problem` then says what. Other types are passed over.
    bool take(const Frame& frame, std::string& problem);
    /// A connection ended: drops what was only half there.
    void reset() { notes.clear(); }

private:
    bool takeNotes(const Frame& frame, std::string& problem);
    void takeStems(const nlohmann::json& message);
    void takeStrip(const nlohmann::json& strip);
    void takeParameters(const nlohmann::json& message);

    BridgeListener& listener;
    std::vector<uint8_t> notes; // bytes of a list that goes on in the next frame
};

} // namespace sonidesk
