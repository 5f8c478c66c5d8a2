/**
 * The TypeScript client of the API: queries over HTTP, subscriptions over WebSocket or server-sent
 * events, and subscriptions that resume after a loss. Runs in browsers and in Node; in one process
 * with the server, `fetch` is the server's own handler and nothing leaves the process.
 */
import { NEVER } from '../../domain/waiting/pause.ts'
import type { TypedDocument, UntypedDocument } from '../../schemas/graphql/typed-document.ts'
import { type Followed, type FollowOptions, followChanges } from './follow.ts'
import { eventStreams, type Fetch, sendOperation } from './http-transport.ts'
import { createReconnect } from './reconnect.ts'
import { type Answer, dataOf, type Variables } from './transport.ts'
import { createSocketTransport } from './ws-transport.ts'

/** Where the server is, and how to reach it. */
export type ClientOptions = Readonly<{
  /** Address of the GraphQL endpoint, `http://host:port/graphql`. */
  url: string
  /** Address for subscriptions; `url` with the scheme ws when absent. */
  wsUrl?: string
  /** The operator token, for what acts. */
  token?: string
  /** Sends requests; the platform's fetch when absent. */
  fetch?: Fetch
  /** WebSocket class; the platform's when absent. */
  webSocket?: unknown
  /**
   * `ws`: one WebSocket for all. `sse`: each through `fetch`. Default: `sse` when only `fetch` is
   * given, else `ws`.
   */
  subscriptions?: 'ws' | 'sse'
  /** Whether there is a network; while not, no socket is tried until `tryNow`. Always by default. */
  isOnline?: () => boolean
}>

/** What a single request may be given. */
export type RequestOptions = Readonly<{ signal?: AbortSignal }>

/**
 * Runs a query or mutation and returns its data. Throws GraphQLRequestError (with codes) when the
 * server refuses it, RetryableError when it cannot be reached or is busy, and the signal's reason
 * when it aborts.
 */
export type Query = {
  <Data, V extends Variables>(
    document: TypedDocument<Data, V>,
    variables: NoInfer<V>,
    options?: RequestOptions,
  ): Promise<Data>
  (document: UntypedDocument, variables?: Variables, options?: RequestOptions): Promise<unknown>
}

/**
 * Streams the data of a subscription until it completes or the signal aborts. Throws as a query
 * does.
 */
export type Subscribe = {
  <Data, V extends Variables>(
    document: TypedDocument<Data, V>,
    variables: NoInfer<V>,
    options?: RequestOptions,
  ): AsyncIterable<Data>
  (
    document: UntypedDocument,
    variables?: Variables,
    options?: RequestOptions,
  ): AsyncIterable<unknown>
}

/**
 * Streams the value of the subscription's only field and resumes after losses. `variablesSince`
 * gives the variables for a cursor (null: from the start). See followChanges.
 */
export type Follow = {
  <Data extends Readonly<Record<keyof Data, Followed>>, V extends Variables>(
    document: TypedDocument<Data, V>,
    variablesSince: (since: string | null) => NoInfer<V>,
    options?: FollowOptions,
  ): AsyncIterable<Data[keyof Data]>
  (
    document: UntypedDocument,
    variablesSince: (since: string | null) => Variables,
    options?: FollowOptions,
  ): AsyncIterable<unknown>
}

/**
 * Documents of schemas/graphql/documents.ts know the types of their variables and answers; of what
 * answers to any other text, nothing is known.
 */
export type Client = Readonly<{
  query: Query
  subscribe: Subscribe
  follow: Follow
  /** Followed subscriptions that wait to try again do so now: the network is back, for example. */
  tryNow: () => void
  /** Closes the socket, and with it the subscriptions that still run over it: they end. */
  close: () => Promise<void>
}>

/** A client that has not connected yet. */
export const createClient = (options: ClientOptions): Client => {
  const http = {
    url: options.url,
    token: options.token ?? null,
    fetch: options.fetch ?? ((request: Request) => globalThis.fetch(request)),
  }
  const reconnect = createReconnect({ isOnline: options.isOnline ?? (() => true) })
  const socket = usesSocket(options)
    ? createSocketTransport({
        url: options.wsUrl ?? options.url.replace(/^http/, 'ws'),
        token: http.token,
        webSocket: options.webSocket ?? null,
        reconnect,
      })
    : null
  const open = socket?.open ?? eventStreams(http)
  return {
    query: async <T>(
      document: string,
      variables: Variables = {},
      { signal }: RequestOptions = {},
    ) => dataOf<T>(await sendOperation(http, { query: document, variables }, signal ?? null)),
    subscribe: <T>(document: string, variables: Variables = {}, { signal }: RequestOptions = {}) =>
      dataStream<T>(open({ query: document, variables }, signal ?? NEVER, () => {})),
    follow: <Change extends Followed>(
      document: string,
      variablesSince: (since: string | null) => Variables,
      followOptions: FollowOptions = {},
    ) =>
      followChanges<Change>(
        (variables, signal, onOpen) =>
          fieldStream(open({ query: document, variables }, signal, onOpen)),
        variablesSince,
        { ...followOptions, reconnect },
      ),
    tryNow: reconnect.tryNow,
    close: async () => socket?.close(),
  }
}

const usesSocket = ({ subscriptions, fetch, wsUrl, webSocket }: ClientOptions): boolean =>
  subscriptions === undefined
    ? fetch === undefined || wsUrl !== undefined || webSocket !== undefined
    : subscriptions === 'ws'

async function* dataStream<T>(answers: AsyncIterable<Answer>): AsyncGenerator<T, void, undefined> {
  for await (const answer of answers) yield dataOf<T>(answer)
}

async function* fieldStream<Change>(
  answers: AsyncIterable<Answer>,
): AsyncGenerator<Change, void, undefined> {
  for await (const data of dataStream<Record<string, Change>>(answers)) yield* Object.values(data)
}
