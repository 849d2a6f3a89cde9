/** What one block of a stream of server-sent events says. */
export interface ParsedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

const lineEnd = /\r\n|\n|\r/;

/**
 * Reads `text/event-stream` as the HTML standard describes it (9.2.6), in whatever pieces it comes. A block without data is no
 * event, but its id counts: the first one comes before the first event, so that whoever loses the connection in between
 * misses nothing.
 */
export class EventParser {
  /** Of the last complete block that had one. */
  lastEventId: string | undefined;
  /** What the server last said about it. */
  retryMs: number | undefined;
  private rest = '';
  private id: string | undefined;
  private event = '';
  private data: string[] = [];

  constructor(lastEventId: string | undefined) {
    this.lastEventId = lastEventId;
    this.id = lastEventId;
  }

  /** The events that are complete with `text`. */
  *feed(text: string): Generator<ParsedEvent, void, undefined> {
    this.rest += text;
    for (;;) {
      const end = lineEnd.exec(this.rest);
      // A carriage return at the end may be the first half of a line end.
      if (!end || (end[0] === '\r' && end.index === this.rest.length - 1)) return;
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      if (line === '') yield* this.dispatch();
      else this.read(line);
    }
  }

  private read(line: string): void {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  private *dispatch(): Generator<ParsedEvent, void, undefined> {
    const { event, data, id } = this;
    this.lastEventId = id;
    this.event = '';
    this.data = [];
    if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
  }
}
