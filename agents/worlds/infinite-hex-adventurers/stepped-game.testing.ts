/**
 * The sandbox's game without chain, log or API: what is sent waits until a block is asked for, and
 * then happens in the order in which it was sent. A block leaves the facts that ingest would append
 * of it, so that read models can be built from them.
 */
import { endingOf } from '../../../commands/command/outcome.ts'
import type { NewEvent, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import { until } from '../../../domain/waiting/pause.ts'
import type { WorldId } from '../../../domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { type Call, CallReverted, type EmittedEvent } from '../../../infra/sandbox/chain/game.ts'
import { createGame } from '../../../infra/sandbox/game/create-game.ts'
import { eventsOfBlock } from '../../../ingest/block-events.ts'
import type { BlockHeader } from '../../../ingest/sources/chain-source.ts'
import { createTestChain, sourceBlockOf, TEST_WORLD } from '../../../ingest/test-chain.testing.ts'
import { entrypointsOf } from '../../../schemas/worlds/calls.ts'
import { createWorldDecoder, type WorldEventFelts } from '../../../schemas/worlds/decode.ts'
import { encodeCalldata } from '../../../schemas/worlds/encode.ts'
import { validateArgs } from '../../../schemas/worlds/validate.ts'
import type { Act, ActionEnd, ActionRequest } from '../../act.ts'

/** A block that was made; `events` begin with its header. A block of nothing has none. */
export type MadeBlock = Readonly<{ header: BlockHeader; events: readonly NewEvent[] }>

export type SteppedGameOptions = Readonly<{
  /** The world's seed. */
  seed: number
  /** Called with every block, genesis among them, before anybody learns how its actions ended. */
  onBlock: (block: MadeBlock) => void | Promise<void>
}>

export type SteppedGame = Readonly<{
  world: WorldId
  act: Act
  /** Makes a block of everything that was sent; its number. The first one is genesis, block 0. */
  generateBlock: () => Promise<number>
  /** What took place in blocks, accepted or refused, in its order. */
  happened: readonly ActionRequest[]
  /** What no honest player sends: actions that are no calls of the world, and calls that revert. */
  faults: readonly string[]
}>

type Sent = Readonly<{ request: ActionRequest; call: Call; end: (end: ActionEnd) => void }>

/** `isSent`: the command was taken, and what it asks for happens in the next block. */
type Submitted = Readonly<{ isSent: boolean; ended: Promise<ActionEnd> }>

/** What a transaction emitted, and how its command ended. */
type Done = Readonly<{ events: readonly WorldEventFelts[]; end: ActionEnd }>

const DEFINITION = infiniteHexAdventurers
const OWNER = 1n

const decode = createWorldDecoder(DEFINITION)

// Whatever the game emits is in the field.
const felt = (value: bigint): Felt => feltOf(value) as Felt

const feltsOf = ({ keys, data }: EmittedEvent): WorldEventFelts => ({
  keys: keys.map(felt),
  data: data.map(felt),
})

/** The call of an action, or why it is none. */
const callOf = ({ action: { entrypoint, args } }: ActionRequest): Call | string => {
  const valid = validateArgs(DEFINITION, entrypoint, args)
  if ('rejected' in valid) return valid.rejected
  const found = entrypointsOf(DEFINITION).get(entrypoint)
  if (found === undefined) return 'UNKNOWN_ENTRYPOINT'
  return {
    to: BigInt(found.address),
    selector: BigInt(found.selector),
    calldata: encodeCalldata(DEFINITION, entrypoint, valid.args).map(BigInt),
  }
}

/** How a command ends whose transaction left these facts, by the write side's own rule. */
const endOf = (
  { account, action }: ActionRequest,
  block: number,
  events: readonly WorldEventFelts[],
): ActionEnd => {
  // Type and data are all that the rule reads of a fact, and the arguments play no part.
  const facts = events.map(decode) as unknown as RecordedEvent[]
  const intent = { entrypoint: action.entrypoint, args: {}, account }
  const ending = endingOf(DEFINITION, intent, { transaction: '0x1', block, facts })
  return ending.step === 'refuse'
    ? { accepted: false, block, reason: ending.reason }
    : { accepted: true, block, reason: null }
}

/** A game of which no block was made yet. */
export const createSteppedGame = ({ seed, onBlock }: SteppedGameOptions): SteppedGame => {
  const game = createGame({ namespaceOwner: OWNER, seed: BigInt(seed) })
  const chain = createTestChain()
  const world: WorldId = { chainId: chain.chainId, address: TEST_WORLD }
  const commands = new Map<string, Submitted>()
  const happened: ActionRequest[] = []
  const faults: string[] = []
  let waiting: Sent[] = []

  const execute = ({ request, call }: Sent, block: number): Done => {
    try {
      const context = { caller: BigInt(request.account), block, timestamp: block }
      const events = game.execute([call], context).flatMap((result) => result.events.map(feltsOf))
      return { events, end: endOf(request, block, events) }
    } catch (error) {
      if (!(error instanceof CallReverted)) throw error
      faults.push(`${request.action.entrypoint} reverted: ${error.message}`)
      return { events: [], end: { accepted: false, block, reason: error.message } }
    }
  }

  const mine = async (transactions: readonly (readonly WorldEventFelts[])[]): Promise<void> => {
    const header = chain.mine(...transactions)
    const block = chain.blocks[header.number]
    const source = block === undefined ? null : sourceBlockOf(block, TEST_WORLD)
    await onBlock({ header, events: source === null ? [] : eventsOfBlock(world, source, decode) })
  }

  const submit = (request: ActionRequest): Submitted => {
    const call = callOf(request)
    if (typeof call === 'string') {
      faults.push(`${request.action.entrypoint} is no call: ${call}`)
      const end = { accepted: false, block: 0, reason: call }
      return { isSent: false, ended: Promise.resolve(end) }
    }
    const { promise, resolve } = Promise.withResolvers<ActionEnd>()
    waiting.push({ request, call, end: resolve })
    return { isSent: true, ended: promise }
  }

  const act: Act = async (request, signal, onSent) => {
    signal.throwIfAborted()
    const id = `${request.account}/${request.key}`
    const submitted = commands.get(id) ?? submit(request)
    commands.set(id, submitted)
    if (submitted.isSent) onSent?.()
    await until(submitted.ended, signal)
    signal.throwIfAborted()
    return submitted.ended
  }

  return {
    world,
    act,
    happened,
    faults,
    generateBlock: async () => {
      const number = chain.blocks.length
      if (number === 0) {
        const genesis = game.genesis({ caller: OWNER, block: 0, timestamp: 0 })
        await mine([genesis.map(feltsOf)])
        return number
      }
      const taken = waiting
      waiting = []
      const done = taken.map((each) => ({ each, ...execute(each, number) }))
      await mine(done.map(({ events }) => events))
      happened.push(...taken.map(({ request }) => request))
      for (const { each, end } of done) each.end(end)
      return number
    },
  }
}
