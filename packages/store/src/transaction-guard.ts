/**
 * The transaction guard: turns a program that would wait for itself into an error.
 *
 * There is one connection. A query on the store itself, made from inside a
 * transaction, would wait for that transaction, which waits for the query. Such
 * a call is a bug, and it is better told than waited for.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { KyselyPlugin } from 'kysely'

/** `isOpen` ends with the transaction, also for work that was only started inside it. */
const current = new AsyncLocalStorage<{ isOpen: boolean }>()

export async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { isOpen: true }
  try {
    return await current.run(mark, work)
  } finally {
    mark.isOpen = false
  }
}

/** @throws a plain error: this is a bug of the caller. */
export function refuseInside(): void {
  if (current.getStore()?.isOpen === true) {
    throw new Error('inside a transaction, use the repositories it hands in; the store itself waits for it to end')
  }
}

/** For the store's own connection; the one of a transaction goes without. */
export const outsideOnly: KyselyPlugin = {
  transformQuery({ node }) {
    refuseInside()
    return node
  },
  transformResult: ({ result }) => Promise.resolve(result),
}
