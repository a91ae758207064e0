#pragma once

// Unique ids are part of saved sessions: never change them. SONIDESK_MULTI builds the variant with outputs for four stems and the send.
#define DISTRHO_PLUGIN_BRAND "SoniDesk"
#define DISTRHO_PLUGIN_BRAND_ID SnDk
#if defined(SONIDESK_MULTI)
#define DISTRHO_PLUGIN_NAME "SoniDesk Multi"
#define DISTRHO_PLUGIN_URI "urn:sonidesk:plugin:multi"
#define DISTRHO_PLUGIN_CLAP_ID "org.sonidesk.plugin.multi"
#define DISTRHO_PLUGIN_UNIQUE_ID SnD2
#define SONIDESK_VST2_ID 'S', 'n', 'D', '2'
#define DISTRHO_PLUGIN_NUM_OUTPUTS 12
#else
#define DISTRHO_PLUGIN_NAME "SoniDesk"
#define DISTRHO_PLUGIN_URI "urn:sonidesk:plugin"
#define DISTRHO_PLUGIN_CLAP_ID "org.sonidesk.plugin"
#define DISTRHO_PLUGIN_UNIQUE_ID SnD1
#define SONIDESK_VST2_ID 'S', 'n', 'D', '1'
#define DISTRHO_PLUGIN_NUM_OUTPUTS 2
#endif
#define DISTRHO_PLUGIN_NUM_INPUTS 2
// Without its window (WINDOW=true in the makefile) hosts show the parameters.
#if defined(SONIDESK_UI)
#define DISTRHO_PLUGIN_HAS_UI 1
#define DISTRHO_PLUGIN_WANT_DIRECT_ACCESS 1
#define DISTRHO_UI_USE_NANOVG 1
#define DISTRHO_UI_USER_RESIZABLE 1
#define DISTRHO_UI_DEFAULT_WIDTH 640
#define DISTRHO_UI_DEFAULT_HEIGHT 320
#else
#define DISTRHO_PLUGIN_HAS_UI 0
#endif
#define DISTRHO_PLUGIN_IS_RT_SAFE 1
#define DISTRHO_PLUGIN_WANT_TIMEPOS 1
#define DISTRHO_PLUGIN_WANT_STATE 1
#define DISTRHO_PLUGIN_WANT_FULL_STATE 1
#define DISTRHO_PLUGIN_WANT_MIDI_OUTPUT 1
#define DISTRHO_PLUGIN_WANT_PARAMETER_VALUE_CHANGE_REQUEST 1
#define DISTRHO_PLUGIN_LV2_CATEGORY "lv2:UtilityPlugin"
#define DISTRHO_PLUGIN_VST3_CATEGORIES "Fx|Tools|Stereo"
#define DISTRHO_PLUGIN_CLAP_FEATURES "audio-effect", "utility", "stereo"
