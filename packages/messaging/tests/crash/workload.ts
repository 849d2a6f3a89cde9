/** What the victim sends: 60 messages over five keys, some of which fail once, some always. */
export const messageCount = 60;
export const owner = '01890a5d-ac96-774b-bcce-b302099a8057';

const keys = 5;

export function walletOf(i: number): string {
  return `01890a5d-ac96-774b-bcce-00000000000${i % keys}`;
}

export function kindOfNote(note: string): 'healthy' | 'flaky' | 'poison' {
  if (note.endsWith('poison')) return 'poison';
  return note.endsWith('flaky') ? 'flaky' : 'healthy';
}

export function noteOf(i: number): string {
  const kind = i % 20 === 7 ? 'poison' : i % 20 === 13 ? 'flaky' : 'healthy';
  return `${String(i).padStart(2, '0')} ${kind}`;
}

export const allNotes = Array.from({ length: messageCount }, (_, i) => noteOf(i));
