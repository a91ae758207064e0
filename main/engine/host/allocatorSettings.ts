/**
 * How glibc's allocator is to behave in an inference host: huge pages for large tensors. A model run then
 * takes 2 MB instead of 4 KB at a page fault: for HTDemucs about 9 % less processor time and 7 % less memory
 * (models/LOG.md). It can only be set before a process starts. Other systems and C libraries do not
 * look at the variable. A user's own setting is kept.
 */
export const allocatorSettings: Readonly<Record<string, string>> = {
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};

/** onnxruntime is silent from the start; see main/inference/onnx/noTelemetry.ts. */
export const privacySettings: Readonly<Record<string, string>> = { ORT_DISABLE_TELEMETRY: '1' };
