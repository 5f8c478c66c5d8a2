import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandStep } from './command/command.ts'
import { expire, request, sign, submit, voidSignature } from './command/steps.testing.ts'
import { commandStream } from './command/stream.ts'
import { handle, load } from './handle.ts'
import { createPendingCommands, type PendingCommand } from './pending.ts'

const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`
/** A log of commands, and the view of those under way, which has seen nothing of it yet. */
const createScene = (perAccountMax = 2) => {
  const log = createMemoryEventLog()
  const pending = createPendingCommands(perAccountMax)
  const eventsOf = async (): Promise<readonly RecordedEvent[]> =>
    log.readCategory('command', { afterLogPosition: -1, limit: 1_000 })
  return {
    pending,
    eventsOf,
    /** Takes steps in the log. */
    take: async (number: number, ...steps: readonly CommandStep[]): Promise<void> => {
      for (const step of steps) await handle(commandStream(log, idOf(number)), step)
    },
    /** Tells the view of the whole log, from the start. */
    observeAll: async (): Promise<void> => {
      for (const event of await eventsOf()) pending.observe(event)
    },
    /** Tells the view what a step has just made of a command. */
    update: async (number: number): Promise<void> =>
      pending.update(idOf(number), await load(commandStream(log, idOf(number)))),
  }
}

const outline = (commands: readonly PendingCommand[]) =>
  commands.map(({ id, loaded }) => [id, loaded.state.name, loaded.revision])

describe('the commands under way', () => {
  it('are those of the log that have not ended, in the order of their requests, each with its account', async () => {
    const { pending, take, observeAll } = createScene()
    await take(3, request('0xa'), sign('0x73'))
    await take(1, request('0xb'))
    await take(2, request('0xa'), expire)
    await take(4, request('0xa'))
    await take(3, submit('0x73'))
    await observeAll()
    expect(outline(pending.all())).toEqual([
      [idOf(3), 'SUBMITTED', 2],
      [idOf(1), 'REQUESTED', 0],
      [idOf(4), 'REQUESTED', 0],
    ])
    expect(outline(pending.ofAccount('0xa')).map(([id]) => id)).toEqual([idOf(3), idOf(4)])
    expect(pending.ofAccount('0xc')).toEqual([])
  })

  it('change nothing when they are told again what they know, from the step or from the log', async () => {
    const { pending, take, observeAll, update } = createScene()
    await take(1, request('0xa'))
    await observeAll()
    await take(1, sign('0x71'))
    await update(1)
    const known = pending.all()
    await update(1)
    await observeAll()
    expect(pending.all()).toEqual(known)
    expect(outline(known)).toEqual([[idOf(1), 'SIGNED', 1]])
  })

  it('do not begin again with what the log tells late of one that has ended', async () => {
    const { pending, take, observeAll, eventsOf } = createScene()
    await take(1, request('0xa'), sign('0x71'))
    await observeAll()
    await take(1, expire)
    await observeAll()
    expect(pending.all()).toEqual([])
    for (const event of (await eventsOf()).slice(1)) pending.observe(event)
    expect(pending.all()).toEqual([])
  })

  it('are found by their transaction, as long as it may land', async () => {
    const { pending, take, observeAll } = createScene()
    await take(1, request('0xa'))
    await observeAll()
    expect(pending.byTransaction('0x71')).toBeNull()
    await take(1, sign('0x71'))
    await observeAll()
    expect(pending.byTransaction('0x71')?.id).toBe(idOf(1))
    await take(1, voidSignature('0x71'), sign('0x72'))
    await observeAll()
    expect(pending.byTransaction('0x71')).toBeNull()
    expect(pending.byTransaction('0x72')?.id).toBe(idOf(1))
    await take(1, expire)
    await observeAll()
    expect(pending.byTransaction('0x72')).toBeNull()
  })

  it('keep the mark of a vanished transaction until it is sent, voided or ended, and no mark of another', async () => {
    const { pending, take, observeAll } = createScene()
    await take(1, request('0xa'), sign('0x71'), submit('0x71'))
    await observeAll()
    pending.markVanished('0x99')
    expect(pending.hasVanished('0x99')).toBe(false)
    pending.markVanished('0x71')
    pending.unmarkVanished('0x71')
    expect(pending.hasVanished('0x71')).toBe(false)
    pending.markVanished('0x71')
    await take(1, voidSignature('0x71'), sign('0x72'))
    await observeAll()
    expect(pending.hasVanished('0x71')).toBe(false)
    pending.markVanished('0x71')
    expect(pending.hasVanished('0x71')).toBe(false)
    pending.markVanished('0x72')
    await take(1, expire)
    await observeAll()
    expect(pending.hasVanished('0x72')).toBe(false)
  })

  it('wake those that wait for their account at every change, and nobody else', async () => {
    const { pending, take, observeAll, update } = createScene()
    const changedBy = async (act: () => Promise<void> | void): Promise<readonly Felt[]> => {
      const woken: Felt[] = []
      const waits = (['0xa', '0xb'] as const).map((account) => {
        const wait = pending.nextChange(account)
        void wait.woken.then(() => woken.push(account))
        return wait
      })
      await act()
      await Promise.resolve()
      for (const { cancel } of waits) cancel()
      return woken
    }
    await take(1, request('0xa'))
    expect(await changedBy(observeAll)).toEqual(['0xa'])
    expect(await changedBy(observeAll)).toEqual([])
    await take(1, sign('0x71'), submit('0x71'))
    expect(await changedBy(() => update(1))).toEqual(['0xa'])
    expect(await changedBy(() => pending.markVanished('0x71'))).toEqual(['0xa'])
    await take(1, expire)
    expect(await changedBy(() => update(1))).toEqual(['0xa'])
  })
})

describe('places', () => {
  it('are taken by requests and by commands under way, and no command takes two', async () => {
    const { pending, take, observeAll, update } = createScene()
    const { places } = pending
    expect(places.take('0xa', idOf(1))).not.toBeNull()
    expect(places.take('0xa', idOf(1))).not.toBeNull()
    expect(places.take('0xa', idOf(2))).not.toBeNull()
    expect(places.take('0xa', idOf(3))).toBeNull()
    expect(places.take('0xb', idOf(3))).not.toBeNull()
    await take(1, request('0xa'))
    await observeAll()
    expect(places.take('0xa', idOf(4))).toBeNull()
    await take(1, expire)
    await update(1)
    expect(places.take('0xa', idOf(4))).not.toBeNull()
    expect(places.take('0xa', idOf(5))).toBeNull()
  })

  it('are given back once, by the call that took them', () => {
    const { places } = createScene(1).pending
    const giveBack = places.take('0xa', idOf(1))
    const keeps = places.take('0xa', idOf(1))
    keeps?.()
    expect(places.take('0xa', idOf(2))).toBeNull()
    giveBack?.()
    expect(places.take('0xa', idOf(2))).not.toBeNull()
  })
})
