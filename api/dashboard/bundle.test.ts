import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStaticFiles, type FileHandler } from '../http/static-files.ts'
import { createDashboard } from './bundle.ts'

let folder = ''
let dashboard: FileHandler
const get = (pathname: string, init?: RequestInit) =>
  dashboard(new Request(`http://127.0.0.1${pathname}`, init))
const page = async () => (await (await get('/'))?.text()) ?? ''
const scriptPath = async () =>
  /src="(\/assets\/main-\w+\.js)"/.exec(await page())?.[1] ?? 'no script'

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'dashboard-'))
  dashboard = createStaticFiles(await createDashboard({ cacheFolder: folder }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the dashboard’s files', () => {
  it('are a page that names files which are there, and which may be kept for ever', async () => {
    const names = [...(await page()).matchAll(/"(\/assets\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    )
    expect(names).toHaveLength(3)
    for (const name of names) {
      const file = await get(name)
      expect(file?.status).toBe(200)
      expect(file?.headers.get('cache-control')).toContain('immutable')
    }
  })

  it('are small: under 400 kB gzipped in all', async () => {
    const script = gzipSync((await (await get(await scriptPath()))?.text()) ?? '')
    expect(script.length).toBeGreaterThan(10_000)
    expect(script.length).toBeLessThan(400_000)
  })

  it('hold the operations of the dashboard as texts, no parser for them, and none of the bots', async () => {
    const script = (await (await get(await scriptPath()))?.text()) ?? ''
    expect(script).toContain('subscription HexChanged')
    expect(script).not.toContain('query View')
    expect(script).not.toMatch(/OperationDefinition|Syntax Error/)
  })

  it('allow no script, style or connection from elsewhere', async () => {
    const policy = (await get('/'))?.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await page()).not.toMatch(/https?:\/\/|<script>|style=/)
  })

  it('are not sent again to who has them', async () => {
    const tag = (await get('/'))?.headers.get('etag') ?? ''
    expect((await get('/', { headers: { 'if-none-match': `W/${tag}, "x"` } }))?.status).toBe(304)
    expect((await get('/', { headers: { 'if-none-match': '"other"' } }))?.status).toBe(200)
  })

  it('leave other paths to others, and cannot be written to', async () => {
    expect(await get('/graphql')).toBeNull()
    expect(await get('/assets/../bundle.ts')).toBeNull()
    expect((await get('/', { method: 'POST' }))?.status).toBe(405)
  })
})

describe('the kept bundle', () => {
  const file = () => path.join(folder, 'dashboard.json')

  it('is used as long as no source changed', async () => {
    const before = await stat(file())
    await createDashboard({ cacheFolder: folder })
    expect((await stat(file())).mtimeMs).toBe(before.mtimeMs)
  })

  it('is built again when a source is no longer what it was, or the file is damaged', async () => {
    const kept = JSON.parse(await readFile(file(), 'utf8'))
    kept.inputs['api/dashboard/main.tsx'] = 'another digest'
    for (const damaged of [JSON.stringify(kept), '{"half a fi']) {
      await writeFile(file(), damaged)
      await createDashboard({ cacheFolder: folder })
      expect(JSON.parse(await readFile(file(), 'utf8')).inputs['api/dashboard/main.tsx']).not.toBe(
        'another digest',
      )
    }
  })
})
