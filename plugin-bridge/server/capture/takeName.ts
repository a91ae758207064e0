/** A file name that every system takes and a person recognises: "lead-vox-003-1a2b3c4d.wav". */
export function takeName(trackName: string, number: number, takeId: string): string {
  const plain = trackName
    .normalize('NFKD')
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40);
  return `${plain || 'track'}-${String(number).padStart(3, '0')}-${takeId.slice(0, 8)}.wav`;
}
