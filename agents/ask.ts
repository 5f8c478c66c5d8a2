/** The port through which agents ask the public API, as any outside player could. */
import { headDocument } from '../schemas/graphql/documents.ts'
import type { TypedDocument } from '../schemas/graphql/typed-document.ts'
import type { ReadHead } from './head-watch.ts'

/**
 * Sends a query. Throws RetryableError when the API could not be reached or could not answer for
 * now, another error when asking again cannot help, and the signal's reason on abort.
 */
export type Ask = <Data, Variables extends Readonly<Record<string, unknown>>>(
  document: TypedDocument<Data, Variables>,
  variables: NoInfer<Variables>,
  options: Readonly<{ signal: AbortSignal }>,
) => Promise<Data>

/** The block that the read models have reached, as the API tells it. */
export const headAskedFor =
  (ask: Ask): ReadHead =>
  async (signal) =>
    (await ask(headDocument, {}, { signal }))._meta.block?.number ?? null
