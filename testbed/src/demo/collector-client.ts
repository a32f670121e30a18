import type { Assessment, Incident } from '@tidemark/core';

/** Offsets that an agent saw dropped: group → policy → topic → partition → inclusive ranges. */
export type DropsByGroup = {
  readonly [group: string]: {
    readonly [policy: string]: {
      readonly [topic: string]: { readonly [partition: string]: readonly (readonly [first: number, last: number])[] };
    };
  };
};

/** The JSON API that the page reads too: the demo knows of Tidemark's findings only what any user can. */
export class CollectorClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/ready`)).ok;
    } catch {
      return false;
    }
  }

  async incidents(group: string): Promise<Incident[]> {
    const incidents = (await this.#get('/api/incidents')) as Incident[];
    return incidents.filter((incident) => incident.group === group);
  }

  async drops(): Promise<DropsByGroup> {
    return (await this.#get('/api/drops')) as DropsByGroup;
  }

  async assessment(): Promise<Assessment> {
    return (await this.#get('/api/assessment')) as Assessment;
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${this.url}${path} answered ${response.status}`);
    return response.json();
  }
}
