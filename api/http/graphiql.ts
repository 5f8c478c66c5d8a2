/**
 * GraphiQL as a small page and the files that it names: it works without any network beyond this
 * server, and who looks at it again is sent the page alone.
 */
import { createHash } from 'node:crypto'
import { FatalError } from '../../domain/errors.ts'
import { GRAPHIQL_FILES_PATH, GRAPHQL_PATH } from './routes.ts'
import { createStaticFiles, type FileHandler, type StaticFile } from './static-files.ts'

/** The page brings everything along, and may ask nobody but this server for anything. */
const POLICY = [
  "default-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Serves the page at the path of GraphQL, with operations to begin with, and its files. They are
 * made at first use: they are nine megabytes, which most runs never need.
 */
export const createGraphiql = (examples: string): FileHandler => {
  let files: Promise<FileHandler> | null = null
  return async (request) => {
    files ??= makeFiles(examples).then(createStaticFiles)
    return (await files)(request)
  }
}

/** The library makes one page with everything in it. */
const makeFiles = async (examples: string): Promise<readonly StaticFile[]> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const whole = renderGraphiQL({
    title: 'Chronohex GraphiQL',
    endpoint: GRAPHQL_PATH,
    favicon: 'data:,',
    defaultQuery: examples,
    subscriptionsProtocol: 'SSE',
  })
  const [head, style, between] = cut(whole, '<style>', '</style>')
  const [body, script, end] = cut(between, '<script>', '</script>')
  const styles = fileOf('graphiql', 'css', 'text/css', style)
  const scripts = fileOf('graphiql', 'js', 'text/javascript', script)
  const links = `<link rel="stylesheet" href="${styles.path}" />`
  const page: StaticFile = {
    path: GRAPHQL_PATH,
    type: 'text/html',
    text: `${head}${links}${body}<script src="${scripts.path}"></script>${end}`,
    isImmutable: false,
    headers: {
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      vary: 'Accept, Accept-Encoding', // GraphQL itself is served at the same path
    },
  }
  return [page, styles, scripts]
}

const fileOf = (name: string, extension: string, type: string, text: string): StaticFile => {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  const path = `${GRAPHIQL_FILES_PATH}${name}-${digest}.${extension}`
  return { path, type, text, isImmutable: true }
}

/** What stands before, between and after two marks, the second of them the last one there is. */
const cut = (text: string, from: string, to: string): readonly [string, string, string] => {
  const start = text.indexOf(from)
  const end = text.lastIndexOf(to)
  if (start < 0 || end < start) throw new FatalError(`GraphiQL's page has no ${from}`)
  return [text.slice(0, start), text.slice(start + from.length, end), text.slice(end + to.length)]
}
