-- A long-lived Ardour without a window, told what to do line by line on stdin:
--   NUMBER<tab>COMMAND<tab>ARGUMENT...
-- Every command is answered by one line on stdout when it has taken effect:
--   @NUMBER<tab>ok<tab>VALUE...   or   @NUMBER<tab>failed<tab>MESSAGE
-- Other lines on stdout are Ardour's own.  Usage: ardour7-lua agent.lua DRIVER SAMPLE_RATE BLOCK_FRAMES
local driver, rate, block = arg[1], tonumber(arg[2]), tonumber(arg[3])
local backend = AudioEngine:set_backend("None (Dummy)", "", "")
assert(backend:set_driver(driver) == 0, "no such speed: " .. driver)
backend:set_device_name("Silence")
backend:set_sample_rate(rate)
backend:set_buffer_size(block)
assert(AudioEngine:start(false) == 0, "the dummy audio engine does not start")

local session
local user = ARDOUR.TransportRequestSource.TRS_UI
local last = ARDOUR.PresentationInfo.max_order
local ungrouped = PBD.GroupControlDisposition.NoGroup
local types = { LV2 = ARDOUR.PluginType.LV2, VST3 = ARDOUR.PluginType.VST3 }

-- Ardour takes requests at its own time: looks every few milliseconds until `reached` says so.
local function wait(what, seconds, reached)
  for _ = 1, seconds * 200 do
    if reached() then return end
    ARDOUR.LuaAPI.usleep(5000)
  end
  error("waited " .. seconds .. " s for " .. what)
end

local function route(name)
  local found = session:route_by_name(name)
  assert(not found:isnil(), "no track " .. name)
  return found
end

-- The first plugin of a track, and which of its controls has a name, counted as Ardour's scripts do.
local function control(track, name)
  local processor = route(track):nth_plugin(0)
  assert(not processor:isnil(), "no plugin on " .. track)
  local plugin, count = processor:to_insert():plugin(0), 0
  for port = 0, plugin:parameter_count() - 1 do
    if plugin:parameter_is_control(port) and plugin:parameter_is_input(port) then
      if plugin:parameter_label(port) == name then return processor, count, port end
      count = count + 1
    end
  end
  error("the plugin on " .. track .. " has no parameter " .. name)
end

local function stopped() return session:transport_stopped() end

local commands = {}

function commands.create(folder, name)
  session = assert(create_session(folder, name, rate), "the session was not created")
end

function commands.open(folder, name)
  session = assert(load_session(folder, name), "the session was not opened")
end

function commands.save()
  assert(session:save_state("", false, false, false, false, false) == 0, "not saved")
end

function commands.close()
  session = nil
  collectgarbage()
  close_session()
end

function commands.audioTrack(name)
  session:new_audio_track(2, 2, nil, 1, name, last, ARDOUR.TrackMode.Normal, false, false)
  route(name):set_strict_io(false)
  -- Another thread of Ardour connects it to the master.
  local output = route(name):output():nth(0)
  wait("the connection to the master", 20, function() return output:connected() end)
end

function commands.midiTrack(name)
  local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  session:new_midi_track(one, one, false, ARDOUR.PluginInfo(), nil, nil, 1, name, last, ARDOUR.TrackMode.Normal, false)
  route(name)
end

-- Before the fader, as the first processor.
function commands.insert(track, format, id)
  local made = ARDOUR.LuaAPI.new_plugin(session, id, types[format], "")
  assert(not made:isnil(), "Ardour does not know the " .. format .. " plugin " .. id)
  assert(route(track):add_processor_by_index(made, 0, nil, true) == 0, "not inserted")
end

-- Plays what one track puts out into another, which is not heard: its stereo output, or the notes its plugin makes.
function commands.recordFrom(from, to, kind)
  local outputs, inputs = route(from):output(), route(to):input()
  local heard = route(to):output()
  for i = 0, heard:n_ports():n_total() - 1 do heard:nth(i):disconnect_all() end
  for i = 0, inputs:n_ports():n_total() - 1 do
    local port = inputs:nth(i)
    port:disconnect_all()
    local suffix = kind == "midi" and "midi_out 1" or "audio_out " .. (i + 1)
    local found
    for n = 0, outputs:n_ports():n_total() - 1 do
      local output = outputs:nth(n)
      if output:name():sub(-#suffix) == suffix then found = output end
    end
    assert(found, from .. " has no " .. suffix)
    assert(port:connect(found:name()) == 0, "not connected")
  end
end

-- Breakpoints of a plugin parameter as sample, value, sample, value, ...; automation then plays.
function commands.automate(track, parameter, ...)
  local processor, index, port = control(track, parameter)
  local list, points = ARDOUR.LuaAPI.plugin_automation(processor, index), { ... }
  for i = 1, #points, 2 do
    list:add(Temporal.timepos_t(tonumber(points[i])), tonumber(points[i + 1]), false, true)
  end
  local what = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, port)
  processor:to_automatable():automation_control(what, false):set_automation_state(ARDOUR.AutoState.Play)
end

function commands.set(track, parameter, value)
  local processor, index = control(track, parameter)
  assert(ARDOUR.LuaAPI.set_processor_param(processor, index, tonumber(value)), "not set")
end

function commands.get(track, parameter)
  local processor, index = control(track, parameter)
  local value, ok = ARDOUR.LuaAPI.get_processor_param(processor, index, true)
  assert(ok, "not read")
  return value
end

-- The fader as a coefficient, the pan from left (0) to right (1).
function commands.setMixer(track, gain, pan)
  local strip = route(track)
  strip:gain_control():set_value(tonumber(gain), ungrouped)
  strip:pan_azimuth_control():set_value(tonumber(pan), ungrouped)
end

function commands.getMixer(track)
  local strip = route(track)
  return string.format("%.9g %.9g", strip:gain_control():get_value(), strip:pan_azimuth_control():get_value())
end

local function roll(goal, seconds)
  session:request_roll(user)
  wait("sample " .. goal, seconds, function() return session:transport_sample() >= goal end)
  session:request_stop(false, false, user)
  wait("the stop", 20, stopped)
end

-- Beats and ticks as ticks: 1920 to the beat.
local function ticks(beats)
  local whole, rest = beats:str():match("(%d+):(%d+)")
  return whole * 1920 + rest
end

-- Rolls from where the transport stands until it has passed a sample; answers where it stopped.
function commands.roll(untilSample, seconds)
  roll(tonumber(untilSample), tonumber(seconds))
  return session:transport_sample()
end

-- The same, and a track records its input. Answers where the new region starts, and its files or notes.
function commands.record(track, untilSample, seconds)
  local recorder = route(track):to_track()
  local playlist, armed = recorder:playlist(), recorder:rec_enable_control()
  local before = playlist:region_list():size()
  armed:set_value(1, ungrouped)
  wait("the track to be armed", 20, function() return armed:get_value() == 1 end)
  session:maybe_enable_record(false)
  roll(tonumber(untilSample), tonumber(seconds))
  session:disable_record(false, true)
  armed:set_value(0, ungrouped)
  wait("the recording", 20, function() return playlist:region_list():size() > before end)
  local newest
  for region in playlist:region_list():iter() do
    if newest == nil or region:layer() > newest:layer() then newest = region end
  end
  local answer, audio = { newest:position():samples() }, newest:to_audioregion()
  if audio:isnil() then
    for note in ARDOUR.LuaAPI.note_list(newest:to_midiregion():midi_source(0):model()):iter() do
      answer[#answer + 1] = string.format("%d %d %d %d", ticks(note:time()), ticks(note:length()), note:note(), note:velocity())
    end
  else
    for i = 0, audio:n_channels() - 1 do answer[#answer + 1] = newest:source(i):to_filesource():path() end
  end
  return table.concat(answer, "\t")
end

function commands.locate(sample)
  local goal = tonumber(sample)
  session:request_locate(goal, false, ARDOUR.LocateTransportDisposition.MustStop, user)
  wait("the locate", 20, function() return stopped() and session:transport_sample() == goal end)
end

for line in io.lines() do
  local words = {}
  for word in line:gmatch("[^\t]+") do words[#words + 1] = word end
  local ok, value = pcall(commands[words[2]], table.unpack(words, 3))
  print(string.format("@%s\t%s\t%s", words[1], ok and "ok" or "failed", tostring(value):gsub("\n", " ")))
  io.stdout:flush()
end
if session then commands.close() end
