// onnxruntime's builds for Linux and macOS report models and their use to a server of their makers unless this is set before the
// first session is made (github.com/microsoft/onnxruntime, pull request 27379). Nothing of ours reports anything to anybody.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
