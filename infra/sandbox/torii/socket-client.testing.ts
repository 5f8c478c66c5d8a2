/** Support for tests of Torii: a client of its WebSocket as `graphql-ws` makes it. */
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { TestTorii } from './torii.testing.ts'

export const wsUrl = (torii: TestTorii, path = '/graphql/ws'): string =>
  `${torii.torii.url.replace('http', 'ws')}${path}`

/** A client that does not reconnect. */
export const openClient = (
  torii: TestTorii,
  onClosed: (event: unknown) => void = () => undefined,
): Client =>
  createClient({
    url: wsUrl(torii),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: onClosed },
  })

/**
 * Results of a subscription, read one by one. The subscription is under way as soon as another
 * query was answered.
 */
export const subscribed = async (
  client: Client,
  query: string,
  variables: Record<string, unknown> = {},
) => {
  const results = client.iterate<Record<string, unknown>>({ query, variables })
  const upcoming = [results.next()]
  await client.iterate({ query: '{ __typename }' }).next()
  return {
    next: async (): Promise<unknown> => {
      const { value } = await (upcoming.shift() ?? results.next())
      return value?.data ?? value?.errors
    },
    stop: () => results.return?.(),
  }
}
