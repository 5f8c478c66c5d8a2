import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createStaticFiles } from './static-files.ts'

const text = 'ä line of text\n'.repeat(10_000)
const files = createStaticFiles([
  { path: '/a.js', type: 'text/javascript', text, isImmutable: true },
  { path: '/', type: 'text/html', text: '<p>', isImmutable: false, headers: { vary: 'Accept' } },
])
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  files(new Request(`http://127.0.0.1${path}`, { headers, method }))
const bytesOf = async (encoding: string) => {
  const response = await get('/a.js', { 'accept-encoding': encoding })
  const bytes = Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer())
  expect(response?.headers.get('content-length')).toBe(String(bytes.length))
  return { encoding: response?.headers.get('content-encoding') ?? null, bytes }
}

describe('files', () => {
  it('are sent in the smallest encoding that the client reads', async () => {
    for (const accepted of ['gzip, deflate, br, zstd', 'BR', '*', 'br;q=0.1, gzip;q=1']) {
      const { encoding, bytes } = await bytesOf(accepted)
      expect([accepted, encoding, String(brotliDecompressSync(bytes))]).toEqual([
        accepted,
        'br',
        text,
      ])
    }
    for (const accepted of ['gzip', 'br; q=0, *']) {
      const { encoding, bytes } = await bytesOf(accepted)
      expect([accepted, encoding, String(gunzipSync(bytes))]).toEqual([accepted, 'gzip', text])
      expect(bytes.length).toBeLessThan(text.length / 10)
    }
    for (const accepted of ['', 'identity', 'zstd', 'gzip;q=0'])
      expect(await bytesOf(accepted)).toEqual({ encoding: null, bytes: Buffer.from(text) })
  })

  it('are not sent again to who has them in any encoding', async () => {
    const tags = new Set<string>()
    for (const encoding of ['br', 'gzip', '']) {
      const tag = (await get('/a.js', { 'accept-encoding': encoding }))?.headers.get('etag') ?? ''
      tags.add(tag)
      const again = await get('/a.js', { 'if-none-match': `"x", W/${tag}` })
      expect([again?.status, await again?.text()]).toEqual([304, ''])
    }
    expect(tags.size).toBe(3)
    expect((await get('/a.js', { 'if-none-match': '"abc"' }))?.status).toBe(200)
  })

  it('say how long they may be kept, and what they depend on', async () => {
    const [script, page] = [await get('/a.js'), await get('/')]
    expect(script?.headers.get('cache-control')).toContain('immutable')
    expect(script?.headers.get('vary')).toBe('Accept-Encoding')
    expect(page?.headers.get('cache-control')).toBe('no-cache')
    expect(page?.headers.get('vary')).toBe('Accept')
    expect((await get('/', {}, 'HEAD'))?.headers.get('content-length')).toBe('3')
    expect([(await get('/', {}, 'POST'))?.status, await get('/b')]).toEqual([405, null])
  })
})
