/**
 * The dashboard as files. They are built from their sources at the first start and kept; a
 * later start builds again only when a source that went into them has changed. Everything is held
 * in memory: it is a few hundred kilobytes.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FatalError, messageOf } from '../../domain/errors.ts'

/** Where the dashboard keeps what it builds. */
export type DashboardOptions = Readonly<{
  /** Folder in which the built files are kept, `dashboard.json` in it. Created when absent. */
  cacheFolder: string
}>

/** A file; `path` begins with a slash, and that of an immutable one changes with its text. */
type Asset = Readonly<{ path: string; type: string; text: string; isImmutable: boolean }>

/** The page at `/` and the files that it names, below `/assets/`. */
export type Dashboard = readonly (Asset & Readonly<{ headers: Readonly<Record<string, string>> }>)[]

/**
 * What the cache holds: the digests of all sources, by path from the project's root, and what they
 * became.
 */
type Bundle = Readonly<{
  format: number
  inputs: Readonly<Record<string, string>>
  assets: readonly Asset[]
}>

/** Changes when the shape of the cache or the build's settings change. */
const FORMAT = 1
const HERE = import.meta.dirname
const ROOT = path.resolve(HERE, '../..')
const CACHE_FILE = 'dashboard.json'
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
} as const

/** Scripts and styles come from this server alone, and the page talks to this server alone. */
const POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/** Makes the dashboard. Throws when its sources do not build. */
export const createDashboard = async ({ cacheFolder }: DashboardOptions): Promise<Dashboard> => {
  const bundle = (await cachedBundle(cacheFolder)) ?? (await buildAndKeep(cacheFolder))
  return bundle.assets.map((asset) => ({ ...asset, headers: HEADERS }))
}

const digestOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16)

const digestOfFile = async (file: string): Promise<string> =>
  digestOf(await readFile(path.join(ROOT, file)))

/**
 * The kept bundle when every source is as it was; null when there is none, or it cannot be read or
 * used.
 */
const cachedBundle = async (cacheFolder: string): Promise<Bundle | null> => {
  try {
    // `format` is checked.
    const kept = JSON.parse(await readFile(path.join(cacheFolder, CACHE_FILE), 'utf8')) as Bundle
    if (kept.format !== FORMAT) return null
    const digests = await Promise.all(
      Object.entries(kept.inputs).map(
        async ([file, digest]) => (await digestOfFile(file)) === digest,
      ),
    )
    return digests.every(Boolean) ? kept : null
  } catch {
    return null // absent, damaged, or a source is gone: in each case it is built again
  }
}

const buildAndKeep = async (cacheFolder: string): Promise<Bundle> => {
  const bundle = await build()
  await mkdir(cacheFolder, { recursive: true })
  const file = path.join(cacheFolder, CACHE_FILE)
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, JSON.stringify(bundle))
  await rename(unfinished, file)
  return bundle
}

const build = async (): Promise<Bundle> => {
  const esbuild = await import('esbuild')
  const result = await esbuild
    .build({
      absWorkingDir: ROOT,
      entryPoints: {
        main: path.join(HERE, 'main.tsx'),
        style: path.join(HERE, 'styles/style.css'),
      },
      outdir: '/assets',
      entryNames: '[name]-[hash]',
      bundle: true,
      minify: true,
      format: 'esm',
      target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.glsl': 'text' },
      legalComments: 'inline',
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
    .catch((error: unknown) => {
      throw new FatalError(`The dashboard does not build: ${messageOf(error)}`, { cause: error })
    })
  const icon = await readFile(path.join(HERE, 'icon.svg'), 'utf8')
  const files: Asset[] = [
    ...result.outputFiles.map((file) => assetOf(file.path, file.text)),
    assetOf(`/assets/icon-${digestOf(icon).slice(0, 8)}.svg`, icon),
  ]
  const sources = [
    ...Object.keys(result.metafile.inputs),
    'api/dashboard/icon.svg',
    'api/dashboard/index.html',
  ]
  const inputs = await Promise.all(
    sources.map(async (file) => [file, await digestOfFile(file)] as const),
  )
  return {
    format: FORMAT,
    inputs: Object.fromEntries(inputs),
    assets: [await pageOf(files), ...files],
  }
}

const assetOf = (file: string, text: string): Asset => {
  // The build emits scripts and styles, and the icon is an SVG.
  const type = TYPES[path.extname(file) as keyof typeof TYPES]
  return { path: `/assets/${path.basename(file)}`, type, text, isImmutable: true }
}

/** The page, with the names that its files were given. */
const pageOf = async (files: readonly Asset[]): Promise<Asset> => {
  let text = await readFile(path.join(HERE, 'index.html'), 'utf8')
  for (const file of files) {
    const plain = file.path.replace(/-[0-9A-Za-z]+(\.\w+)$/, '$1')
    text = text.replace(`"${plain}"`, `"${file.path}"`)
  }
  return { path: '/', type: TYPES['.html'], text, isImmutable: false }
}
