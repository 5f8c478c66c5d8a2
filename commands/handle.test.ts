import { describe, expect, it } from 'vitest'
import { isRejection } from '../domain/decider.ts'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandState, CommandStep } from './command/command.ts'
import { expire, request, sign, submit, voidSignature } from './command/steps.testing.ts'
import { type CommandStream, commandStream } from './command/stream.ts'
import { handle, type Loaded, load } from './handle.ts'

const ID = '00000000-0000-4000-8000-000000000001'
const STREAM = `command-${ID}`
/** A stream on which these steps were taken. */
const streamAfter = async (...steps: readonly CommandStep[]): Promise<CommandStream> => {
  const on = commandStream(createMemoryEventLog(), ID)
  for (const step of steps) await handle(on, step)
  return on
}

/** The stream, on which somebody else takes a step just before each append, as long as there are. */
const raced = (on: CommandStream, ...rivals: readonly CommandStep[]) => {
  const left = [...rivals]
  const calls: ('read' | 'append')[] = []
  const log: CommandStream['log'] = {
    readStream: (...args) => {
      calls.push('read')
      return on.log.readStream(...args)
    },
    append: async (...args) => {
      calls.push('append')
      const rival = left.shift()
      if (rival !== undefined) await handle(on, rival)
      return on.log.append(...args)
    },
  }
  return { on: { ...on, log }, calls }
}

const typesIn = async ({ log, stream }: CommandStream): Promise<readonly string[]> => {
  const types: string[] = []
  for await (const page of log.readStream(stream)) types.push(...page.map(({ type }) => type))
  return types
}

const codeOf = (outcome: object): string =>
  isRejection(outcome) ? outcome.rejected : 'not rejected'

describe('a step on a stream', () => {
  it('is decided on what the stream holds, and found done when it is taken again', async () => {
    const on = commandStream(createMemoryEventLog(), ID)
    const taken = await handle(on, request())
    expect(taken).toMatchObject({
      state: { name: 'REQUESTED', intent: { account: '0xa' } },
      revision: 0,
    })
    expect(await handle(on, request())).toMatchObject({ state: { name: 'REQUESTED' }, revision: 0 })
    expect(await load(on)).toMatchObject({ state: { name: 'REQUESTED' }, revision: 0 })
    expect(await typesIn(on)).toEqual(['CommandRequested'])
  })

  it('that is refused appends nothing', async () => {
    const on = await streamAfter(request())
    expect(codeOf(await handle(on, request('0xb')))).toBe('CONFLICTING_KEY')
    expect(await typesIn(on)).toEqual(['CommandRequested'])
  })

  it('whose append was answered late, or not at all, is found done with all that came after it', async () => {
    const on = await streamAfter(request())
    const known = await load(on)
    await handle(on, sign('0x77'))
    await handle(on, submit('0x77'))
    expect(await handle(on, sign('0x77'), known)).toMatchObject({
      state: { name: 'SUBMITTED' },
      revision: 2,
      startedAt: known.startedAt,
    })
    expect(await typesIn(on)).toEqual(['CommandRequested', 'CommandSigned', 'CommandSubmitted'])
  })

  it('is not decided where a newer program stored an event, because nobody here knows what that says', async () => {
    const log = createMemoryEventLog()
    const on = commandStream(log, ID)
    await handle(on, request())
    const newer = {
      id: '00000000-0000-4000-8000-000000000002',
      type: 'CommandSigned',
      data: {},
      meta: { schemaVersion: 2 },
    }
    await log.append(STREAM, 0, [newer])
    const step = handle(on, request())
    await expect(step).rejects.toThrow(FatalError)
    await expect(step).rejects.toThrow(
      `Revision 1 of ${STREAM}: CommandSigned was stored by a newer Chronohex`,
    )
    expect(await log.head(STREAM)).toBe(1)
  })
})

describe('a lost race', () => {
  it('is read and decided again, on what the winner left', async () => {
    const { on, calls } = raced(await streamAfter(request()), sign('0x77'))
    const outcome = await handle(on, expire)
    expect(calls).toEqual(['read', 'append', 'read', 'append'])
    expect(outcome).toMatchObject({
      state: { name: 'EXPIRED', signature: { transaction: '0x77' } },
      revision: 2,
    })
    expect(await typesIn(on)).toEqual(['CommandRequested', 'CommandSigned', 'CommandExpired'])
  })

  it('against the very same step is no loss: the step is taken once', async () => {
    const { on } = raced(await streamAfter(request()), sign('0x77'))
    expect(await handle(on, sign('0x77'))).toMatchObject({ state: { name: 'SIGNED' }, revision: 1 })
    expect(await typesIn(on)).toEqual(['CommandRequested', 'CommandSigned'])
  })

  it('for the first event of a stream can end in a rejection that only the second look shows', async () => {
    const { on, calls } = raced(await streamAfter(), request('0xb'))
    expect(codeOf(await handle(on, request()))).toBe('CONFLICTING_KEY')
    expect(calls).toEqual(['read', 'append', 'read'])
    expect(await typesIn(on)).toEqual(['CommandRequested'])
  })

  it('can end in a rejection that only the second look shows', async () => {
    const { on } = raced(await streamAfter(request()), expire)
    expect(codeOf(await handle(on, sign('0x77')))).toBe('ALREADY_ENDED')
    expect(await typesIn(on)).toEqual(['CommandRequested', 'CommandExpired'])
  })

  /** Each append comes too late: the signature was made, or voided, by somebody else. */
  const rivals = (count: number): readonly CommandStep[] =>
    Array.from({ length: count }, (_, at) =>
      at % 2 === 0 ? sign(`0x${at + 1}`) : voidSignature(`0x${at}`),
    )

  it('is borne nine times', async () => {
    const { on, calls } = raced(await streamAfter(request()), ...rivals(9))
    expect(await handle(on, expire)).toMatchObject({ state: { name: 'EXPIRED' }, revision: 10 })
    expect(calls.filter((call) => call === 'append')).toHaveLength(10)
  })

  it('is given up at the tenth, as something that may pass, without having written', async () => {
    const { on, calls } = raced(await streamAfter(request()), ...rivals(10))
    const step = handle(on, expire)
    await expect(step).rejects.toThrow(RetryableError)
    await expect(step).rejects.toThrow(`${STREAM}: lost 10 races for its next revision`)
    expect(calls.filter((call) => call === 'append')).toHaveLength(10)
    expect(await typesIn(on)).not.toContain('CommandExpired')
  })

  it('throws what the log throws', async () => {
    const on = await streamAfter(request())
    const append: EventLog['append'] = () => Promise.reject(new RetryableError('no connection'))
    const step = handle({ ...on, log: { ...on.log, append } }, expire)
    await expect(step).rejects.toThrow('no connection')
  })
})

describe('what is known already', () => {
  const knownAfter = async (
    steps: readonly CommandStep[],
    more: readonly CommandStep[] = [],
  ): Promise<{ known: Loaded<CommandState> } & ReturnType<typeof raced>> => {
    const stream = await streamAfter(...steps)
    const known = await load(stream)
    for (const step of more) await handle(stream, step)
    return { known, ...raced(stream) }
  }

  it('spares the reading', async () => {
    const { known, on, calls } = await knownAfter([request()])
    expect(await handle(on, sign('0x77'), known)).toMatchObject({
      state: { name: 'SIGNED' },
      revision: 1,
      startedAt: known.startedAt,
    })
    expect(calls).toEqual(['append'])
  })

  it('loses its race when it is out of date, and is read anew', async () => {
    const { known, on, calls } = await knownAfter([request()], [sign('0x77')])
    expect(await handle(on, expire, known)).toMatchObject({
      state: { name: 'EXPIRED', signature: { transaction: '0x77' } },
      revision: 2,
    })
    expect(calls).toEqual(['append', 'read', 'append'])
  })

  it('refuses nothing by itself: a step that it does not allow is decided on the stream', async () => {
    const { known, on } = await knownAfter([request()], [sign('0x77')])
    expect(await handle(on, submit('0x77'), known)).toMatchObject({
      state: { name: 'SUBMITTED' },
      revision: 2,
    })
    const again = await knownAfter([request()])
    expect(codeOf(await handle(again.on, submit('0x77'), again.known))).toBe('NOT_SIGNED')
  })

  it('says by itself of no step that it is done: a signature may have been voided and made again', async () => {
    const { known, on } = await knownAfter(
      [request(), sign('0x77'), submit('0x77')],
      [voidSignature('0x77'), sign('0x78')],
    )
    expect(codeOf(await handle(on, submit('0x77'), known))).toBe('OTHER_TRANSACTION')
    expect(await handle(on, submit('0x78'), known)).toMatchObject({ state: { name: 'SUBMITTED' } })
  })
})
