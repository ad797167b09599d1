/** One page of a list, as the API answers it. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** A list that is fetched page by page, while it is read: `for await (const user of accessd.users.list(project))`. */
export class Pages<Item> implements AsyncIterable<Item> {
  #fetch: (cursor: string | null) => Promise<Page<Item>>;

  constructor(fetchPage: (cursor: string | null) => Promise<Page<Item>>) {
    this.#fetch = fetchPage;
  }

  /** The one that begins at a cursor; without one the first. */
  page(cursor: string | null = null): Promise<Page<Item>> {
    return this.#fetch(cursor);
  }

  async *pages(): AsyncGenerator<Page<Item>> {
    for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const page: Page<Item> = await this.#fetch(cursor);
      yield page;
      cursor = page.next_cursor;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for await (const page of this.pages()) yield* page.items;
  }

  /** Everything, or the first `most`. */
  async all(most = Infinity): Promise<Item[]> {
    const found: Item[] = [];
    if (most <= 0) return found;
    for await (const item of this) if (found.push(item) >= most) break;
    return found;
  }
}
