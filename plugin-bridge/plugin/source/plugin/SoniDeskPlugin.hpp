#pragma once
#include "../core/Core.hpp"
#include "DistrhoPlugin.hpp"

START_NAMESPACE_DISTRHO

/// The plugin as DPF sees it: hands everything on to the core.
class SoniDeskPlugin : public Plugin, private sonidesk::MidiSink
{
public:
    SoniDeskPlugin();
    ~SoniDeskPlugin() override;

    sonidesk::Core core;

    /// What a wrapper knows beyond DPF; set on the audio thread around each run().
    struct HostBlock
    {
        bool known = false, looping = false, offline = false;
        /// Position on the host timeline, exact and maybe negative.
        int64_t frame = 0;
        /// Parameters that the host has not been told of since the wrapper last looked.
        uint64_t changedByApp = 0;
    } hostBlock;

    /// [main-thread] The instance made last.
    static SoniDeskPlugin* newest() noexcept;

protected:
    const char* getLabel() const override { return DISTRHO_PLUGIN_NUM_OUTPUTS > 2 ? "SoniDeskMulti" : "SoniDesk"; }
    const char* getDescription() const override;
    const char* getMaker() const override { return DISTRHO_PLUGIN_BRAND; }
    const char* getLicense() const override { return "MIT"; }
    uint32_t getVersion() const override { return d_version(0, 1, 0); }
    int64_t getUniqueId() const override { return d_cconst(SONIDESK_VST2_ID); }

    void initAudioPort(bool input, uint32_t index, AudioPort& port) override;
    void initPortGroup(uint32_t groupId, PortGroup& group) override;
    void initParameter(uint32_t index, Parameter& target) override;
    float getParameterValue(uint32_t index) const override;
    void setParameterValue(uint32_t index, float value) override;
    void initState(uint32_t index, State& state) override;
    String getState(const char* key) const override;
    void setState(const char* key, const char* value) override;
    void activate() override;
    void run(const float** inputs, float** outputs, uint32_t frames) override;

private:
    /// An output parameter after those of the core: searching, connected or refused.
    static constexpr uint32_t connection = sonidesk::parameter::count;

    bool midi(uint32_t frame, uint8_t status, uint8_t pitch, uint8_t velocity) noexcept override;
    void tellHost() noexcept;

    DISTRHO_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR(SoniDeskPlugin)
};

END_NAMESPACE_DISTRHO
