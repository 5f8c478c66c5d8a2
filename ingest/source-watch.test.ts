import { expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import { createSourceWatch } from './source-watch.ts'
import { createTestChain } from './test-chain.testing.ts'

/**
 * A watch on a chain that the test mines, a clock that it moves, and readers that it moves. `looked`
 * resolves when the watch has looked once more.
 */
const watched = () => {
  const chain = createTestChain()
  const clock = { ms: 1_700_000_000_000 }
  const readers = { block: null as number | null }
  const stop = new AbortController()
  let looked = Promise.withResolvers<void>()
  const watch = createSourceWatch({
    source: chain.source,
    reached: () => {
      looked.resolve()
      looked = Promise.withResolvers()
      return readers.block
    },
    pollMs: 1,
    stillMsMax: 15_000,
    nowMs: () => clock.ms,
    random: () => 0,
  })
  const running = watch.run(stop.signal)
  const nextLook = async (): Promise<void> => {
    await looked.promise // it may have begun before what the test has just changed
    await looked.promise
  }
  const end = async (): Promise<void> => {
    stop.abort()
    await running
  }
  return { chain, clock, readers, watch, nextLook, end }
}

it('tells the newest block of a source that is followed, and no stall', async () => {
  const { chain, clock, readers, watch, nextLook, end } = watched()
  expect(watch.state()).toEqual({ head: null, stall: null })
  for (let number = 0; number < 5; number += 1) {
    const header = chain.mine()
    readers.block = number
    clock.ms += 60_000
    await nextLook()
    expect(watch.state()).toEqual({ head: header, stall: null })
  }
  await end()
})

it('calls a source that makes no blocks quiet', async () => {
  const { chain, clock, readers, watch, nextLook, end } = watched()
  chain.mine()
  readers.block = 0
  await nextLook()
  clock.ms += 86_400_000
  await nextLook()
  expect(watch.state().stall).toBeNull()
  await end()
})

it('tells since when readers stand still while there are blocks, and when they have moved', async () => {
  const { chain, clock, readers, watch, nextLook, end } = watched()
  for (let number = 0; number < 10; number += 1) chain.mine()
  readers.block = 3
  await nextLook()
  const sinceMs = clock.ms
  clock.ms += 14_999
  await nextLook()
  expect(watch.state().stall).toBeNull()
  clock.ms += 1
  await nextLook()
  const reason = 'The source is at block 9, and nothing after block 3 has been taken in'
  expect(watch.state().stall).toEqual({ sinceMs, reason })
  readers.block = 4
  await nextLook()
  expect(watch.state().stall).toBeNull()
  await end()
})

it('tells that a source is behind what was taken from it', async () => {
  const { chain, clock, readers, watch, nextLook, end } = watched()
  chain.mine()
  readers.block = 7
  await nextLook()
  clock.ms += 15_000
  await nextLook()
  const reason = 'The source is at block 0, behind block 7, which was taken in before'
  expect(watch.state().stall).toMatchObject({ reason })
  await end()
})

it.each([
  ['in a way that may pass', new RetryableError('no answer within 10 s')],
  ['in a way that no try can help', new FatalError('no answer within 10 s')],
])('tells that the source cannot be asked, %s, and goes on asking', async (_, failure) => {
  const { chain, readers, watch, nextLook, end } = watched()
  chain.mine()
  readers.block = 0
  let failures = 0
  const twiceTold = Promise.withResolvers<void>()
  chain.onRequest(() => {
    failures += 1
    if (failures === 3) twiceTold.resolve()
    throw failure
  })
  await twiceTold.promise
  const reason = 'The source does not tell its newest block: no answer within 10 s'
  expect(watch.state().stall).toMatchObject({ reason })
  chain.onRequest(() => {})
  await nextLook()
  await nextLook()
  expect(watch.state().stall).toBeNull()
  await end()
})

it('tells what ingest fails with from the second failure in a row on, until it succeeds', async () => {
  const { clock, watch, end } = watched()
  const error = new RetryableError('the log is away')
  const sinceMs = clock.ms
  watch.ingest.onRetry({ error, failures: 1, delayMs: 100 })
  expect(watch.state().stall).toBeNull()
  clock.ms += 100
  watch.ingest.onRetry({ error, failures: 2, delayMs: 200 })
  expect(watch.state().stall).toEqual({ sinceMs, reason: 'Ingest fails: the log is away' })
  watch.ingest.onRecovered()
  expect(watch.state().stall).toBeNull()
  await end()
})

it('tells that ingest has stopped, whatever else is so', async () => {
  const { clock, watch, end } = watched()
  watch.ingestStopped(new FatalError('Block 9 cannot be read'))
  watch.ingest.onRecovered()
  expect(watch.isStopped()).toBe(true)
  const reason = 'Ingest has stopped: Block 9 cannot be read'
  expect(watch.state().stall).toEqual({ sinceMs: clock.ms, reason })
  await end()
})
