import { describe, expect, it } from 'vitest'
import { RetryableError } from '../domain/errors.ts'
import type { SourceState } from '../domain/world-stream/source-state.ts'
import { ask, createSmallWorld, createTestApi } from './api.testing.ts'

/** The small world's head is block 2, of 2026-02-02T02:40:04Z. */
const HEAD_SECONDS = Date.UTC(2026, 1, 2, 2, 40, 4) / 1_000
const SINCE = '2026-02-02T02:50:00.000Z'
const sinceMs = Date.parse(SINCE)

const stateAt = (number: number, secondsLater: number, reason: string | null = null) => ({
  head: { number, timestamp: HEAD_SECONDS + secondsLater },
  stall: reason === null ? null : { sinceMs, reason },
})

/** The API over the small world, and a source that the test changes. */
const following = (state: SourceState) => {
  const source = { state }
  const { api, world } = createTestApi({ source: () => source.state }, createSmallWorld())
  const get = async (path: string) => {
    const response = await api.fetch(new Request(`http://127.0.0.1${path}`))
    return { status: response.status, text: await response.text() }
  }
  const metaSource = async () => {
    const fields = 'head lagBlocks lagSeconds stalledSince reason'
    return (await ask(api, `{ _meta { lag source { ${fields} } } }`)).data
  }
  return { api, world, source, get, metaSource }
}

describe('an API that follows a source', () => {
  it('is ready, and says so, when it is at the newest block, however long ago that was', async () => {
    const { api, get, metaSource } = following(stateAt(2, 0))
    const calm = { head: 2, lagBlocks: 0, lagSeconds: 0, stalledSince: null, reason: null }
    expect(await metaSource()).toEqual({ _meta: { lag: 0, source: calm } })
    expect(await get('/ready')).toMatchObject({ status: 200 })
    const { text } = await get('/metrics')
    for (const line of [
      /^world_source_head_block 2$/m,
      /^world_source_lag_blocks 0$/m,
      /^world_source_lag_seconds 0$/m,
      /^world_source_stalled_seconds 0$/m,
    ])
      expect(text).toMatch(line)
    await api.close()
  })

  it('says since when and why it is stalled, though the read models are level with the log', async () => {
    const reason = 'Ingest has stopped: Block 3: the node gave "0xnope" as a felt of an event'
    const { api, get, metaSource } = following(stateAt(42, 600, reason))
    expect(await metaSource()).toEqual({
      _meta: {
        lag: 0,
        source: { head: 42, lagBlocks: 40, lagSeconds: 600, stalledSince: SINCE, reason },
      },
    })
    const missing = [`${reason} (since ${SINCE})`]
    const ready = await get('/ready')
    expect([ready.status, JSON.parse(ready.text)]).toEqual([503, { ready: false, missing }])
    const { text } = await get('/metrics')
    expect(text).toMatch(/^world_source_head_block 42$/m)
    expect(text).toMatch(/^world_source_lag_blocks 40$/m)
    expect(text).toMatch(/^world_source_lag_seconds 600$/m)
    expect(text).toMatch(/^world_source_stalled_seconds [1-9][0-9.]*$/m)
    await api.close()
  })

  it('is not ready while it is far behind in blocks and in time', async () => {
    const { api, source, get } = following(stateAt(19, 120))
    const ready = await get('/ready')
    expect([ready.status, JSON.parse(ready.text).missing]).toEqual([
      503,
      ['The read models are 17 blocks (2 min) behind the source'],
    ])
    for (const state of [stateAt(18, 120), stateAt(19, 30)]) {
      source.state = state
      expect(await get('/ready')).toMatchObject({ status: 200 })
    }
    await api.close()
  })

  it('tells of a stall also while the read models cannot be read', async () => {
    const { api, world, get } = following(stateAt(2, 0, 'Ingest fails: no database'))
    world.failNext('meta', new RetryableError('no database'))
    expect((await get('/metrics')).text).toMatch(/^world_source_stalled_seconds [1-9]/m)
    await api.close()
  })

  it('knows nothing of a source that has told of no block yet', async () => {
    const { api, metaSource } = following({ head: null, stall: null })
    const unknown = { head: null, lagBlocks: null, lagSeconds: null }
    expect(await metaSource()).toMatchObject({ _meta: { source: unknown } })
    await api.close()
  })
})

it('an API that follows no source has none', async () => {
  const { api } = createTestApi({}, createSmallWorld())
  expect((await ask(api, '{ _meta { source { head } } }')).data).toEqual({
    _meta: { source: null },
  })
  await api.close()
})
