/**
 * GraphiQL as one page that brings everything along: it works without any network beyond this
 * server.
 */
import { GRAPHQL_PATH } from './routes.ts'

/**
 * A page with operations to begin with, whose text is built at first use: it is about nine
 * megabytes, which most runs never need.
 */
export const createGraphiqlPage = (examples: string): (() => Promise<string>) => {
  let page: Promise<string> | null = null
  return () => {
    page ??= renderPage(examples)
    return page
  }
}

const renderPage = async (examples: string): Promise<string> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return renderGraphiQL({
    title: 'Chronohex GraphiQL',
    endpoint: GRAPHQL_PATH,
    defaultQuery: examples,
    subscriptionsProtocol: 'SSE',
  })
}
