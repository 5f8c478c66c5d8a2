/** What every TransactionSender does, whatever node it sends to. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type { Felt } from '../domain/felt.ts'
import type {
  ContractCall,
  SendOutcome,
  SignedTransaction,
  TransactionSender,
  UnsignedTransaction,
} from './transaction-sender.ts'

/** A chain without blocks of ours, and a sender for it over a line that can fail. */
export type SenderStage = Readonly<{
  sender: TransactionSender
  /** Another sender of the same keys, as after a restart. */
  reopened: () => TransactionSender
  /** Deployed accounts that have sent nothing; the sender has the keys of both. */
  accounts: readonly [Felt, Felt]
  /** An account that the chain does not have, and the sender no key of. */
  stranger: Felt
  /** A call that succeeds; those of different numbers are told apart by `effects`. */
  call: (number: number) => ContractCall
  /** A call that reverts. */
  revertingCall: ContractCall
  /** The same transaction, made one that the node will never take. */
  spoilt: (transaction: UnsignedTransaction) => UnsignedTransaction
  /** Makes a block of everything that waits; its number. */
  makeBlock: () => Promise<number>
  /** Drops the newest blocks; their transactions wait again, or are lost. */
  reorg: (depth: number, isKept: boolean) => Promise<void>
  /** The node restarts and forgets what waits. */
  losePool: () => Promise<void>
  /** Numbers of the calls that had their effect in the blocks that stand, in order. */
  effects: () => readonly number[]
  /** The next requests fail to arrive. */
  loseRequests: (count: number) => void
  /** The next requests arrive, but nothing comes back. */
  loseAnswers: (count: number) => void
  /** Whether the node is away from now on. */
  cut: (isCut: boolean) => Promise<void>
  /** The next request is not answered before long. */
  holdRequest: () => void
  close: () => Promise<void>
}>

/** Runs the suite; each test opens a stage of its own. */
export const describeTransactionSender = (name: string, open: () => Promise<SenderStage>): void => {
  describe(`${name} as a transaction sender`, () => {
    let stage: SenderStage
    beforeEach(async () => {
      stage = await open()
    })
    afterEach(() => stage.close())
    const opened = (): SenderStage => stage

    describe('signs', () => describeSigning(opened))
    describe('tells the nonce', () => describeNonces(opened))
    describe('sends', () => describeSending(opened))
    describe('tells of a transaction', () => describeStatus(opened))
    describe('when the chain goes back', () => describeReorgs(opened))
    describe('over a line that fails', () => describeLine(opened))
  })
}

const unsigned = (
  { sender, accounts, call }: SenderStage,
  nonce: number,
  changes: Partial<UnsignedTransaction> = {},
): UnsignedTransaction => ({
  account: accounts[0],
  nonce: `${nonce}`,
  bounds: sender.bounds,
  calls: [call(nonce)],
  ...changes,
})

const signed = (
  stage: SenderStage,
  nonce: number,
  changes: Partial<UnsignedTransaction> = {},
): Promise<SignedTransaction> => stage.sender.sign(unsigned(stage, nonce, changes))

/** Sends what must be taken. */
const sent = async (
  stage: SenderStage,
  nonce: number,
  changes: Partial<UnsignedTransaction> = {},
): Promise<SignedTransaction> => {
  const transaction = await signed(stage, nonce, changes)
  expect(await stage.sender.send(transaction)).toEqual({ kind: 'sent' })
  return transaction
}

const describeSigning = (stage: () => SenderStage): void => {
  it('the same content to the same bytes, also after a restart', async () => {
    const first = await signed(stage(), 7)
    expect(await signed(stage(), 7)).toEqual(first)
    expect(await stage().reopened().sign(unsigned(stage(), 7))).toEqual(first)
  })

  it('different content to different hashes', async () => {
    const { accounts, call } = stage()
    const { l2Gas, ...otherBounds } = stage().sender.bounds
    const hashes = await Promise.all([
      signed(stage(), 7),
      signed(stage(), 8, { calls: [call(7)] }),
      signed(stage(), 7, { account: accounts[1] }),
      signed(stage(), 7, { calls: [call(6)] }),
      signed(stage(), 7, { calls: [call(7), call(7)] }),
      signed(stage(), 7, { calls: [{ ...call(7), to: '0x123' }] }),
      signed(stage(), 7, { bounds: { ...otherBounds, l2Gas: { ...l2Gas, maxAmount: '77' } } }),
    ])
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(hashes.length)
  })

  it('for its accounts alone', async () => {
    const { accounts, sender, stranger } = stage()
    expect(sender.accounts).toEqual(expect.arrayContaining([...accounts]))
    await expect(signed(stage(), 0, { account: stranger })).rejects.toThrow(FatalError)
  })

  it('without asking the node', async () => {
    await stage().cut(true)
    expect((await signed(stage(), 0)).hash).toMatch(/^0x[0-9a-f]+$/)
  })
}

const describeNonces = (stage: () => SenderStage): void => {
  it('of an account that has sent nothing, and knows an account that is not there', async () => {
    const { accounts, sender, stranger } = stage()
    expect(await sender.nonce(accounts[0])).toBe(0n)
    expect(await sender.nonce(stranger)).toBeNull()
  })

  it('counting what waits and what is in blocks, reverted or not, each account by itself', async () => {
    const { accounts, sender, revertingCall, makeBlock } = stage()
    await sent(stage(), 0)
    expect(await sender.nonce(accounts[0])).toBe(1n)
    await sent(stage(), 1, { calls: [revertingCall] })
    expect(await sender.nonce(accounts[0])).toBe(2n)
    await makeBlock()
    expect(await sender.nonce(accounts[0])).toBe(2n)
    expect(await sender.nonce(accounts[1])).toBe(0n)
  })

  it('that is free again after the node has lost what waited', async () => {
    const { accounts, sender, makeBlock, losePool } = stage()
    await sent(stage(), 0)
    await makeBlock()
    await sent(stage(), 1)
    await losePool()
    expect(await sender.nonce(accounts[0])).toBe(1n)
  })
}

const describeSending = (stage: () => SenderStage): void => {
  it('one after the other, each to its effect', async () => {
    for (const nonce of [0, 1, 2]) await sent(stage(), nonce)
    await stage().makeBlock()
    await sent(stage(), 3)
    await stage().makeBlock()
    expect(stage().effects()).toEqual([0, 1, 2, 3])
  })

  it('calls of one transaction to their effect in order and together, or not at all', async () => {
    const { call, revertingCall, makeBlock, effects } = stage()
    await sent(stage(), 0, { calls: [call(5), call(3), call(4)] })
    await sent(stage(), 1, { calls: [call(6), revertingCall, call(7)] })
    await makeBlock()
    expect(effects()).toEqual([5, 3, 4])
  })

  it('a transaction to one effect, however often it is sent', async () => {
    const { sender, reopened, makeBlock, effects } = stage()
    const transaction = await sent(stage(), 0)
    expect(await sender.send(transaction)).toEqual({ kind: 'sent' })
    expect(await reopened().send(await signed(stage(), 0))).toEqual({ kind: 'sent' })
    await makeBlock()
    // Some nodes look at the nonce first.
    const late: readonly SendOutcome['kind'][] = ['sent', 'wrong-nonce']
    expect(late).toContain((await sender.send(transaction)).kind)
    await makeBlock()
    expect(effects()).toEqual([0])
  })

  it('nothing with a nonce that is past or to come, and leaves no trace of it', async () => {
    const { accounts, sender, call, makeBlock, effects } = stage()
    await sent(stage(), 0)
    await makeBlock()
    await sent(stage(), 1)
    for (const nonce of [0, 1, 3]) {
      const transaction = await signed(stage(), nonce, { calls: [call(9)] })
      expect(await sender.send(transaction)).toEqual({ kind: 'wrong-nonce' })
      expect(await sender.status(transaction.hash)).toEqual({ kind: 'unknown' })
    }
    expect(await sender.nonce(accounts[0])).toBe(2n)
    await makeBlock()
    expect(effects()).toEqual([0, 1])
  })

  it('nothing that the node will never take, says so with code and message, and spends no nonce', async () => {
    const { accounts, sender, spoilt, makeBlock, effects } = stage()
    const transaction = await sender.sign(spoilt(unsigned(stage(), 0)))
    for (let times = 0; times < 2; times += 1) {
      const outcome = await sender.send(transaction)
      expect(outcome).toEqual({
        kind: 'refused',
        code: expect.any(Number),
        message: expect.stringMatching(/./),
      })
    }
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'unknown' })
    expect(await sender.nonce(accounts[0])).toBe(0n)
    await sent(stage(), 0)
    await makeBlock()
    expect(effects()).toEqual([0])
  })

  it('again what the node has lost, under the same hash', async () => {
    const { sender, losePool, makeBlock, effects } = stage()
    const transaction = await sent(stage(), 0)
    await losePool()
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'unknown' })
    expect(await sender.send(transaction)).toEqual({ kind: 'sent' })
    const block = await makeBlock()
    const included = { kind: 'included', block, revertReason: null }
    expect(await sender.status(transaction.hash)).toEqual(included)
    expect(effects()).toEqual([0])
  })
}

const describeStatus = (stage: () => SenderStage): void => {
  it('that it is unknown, pending, and then in its block', async () => {
    const { sender, makeBlock } = stage()
    const transaction = await signed(stage(), 0)
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'unknown' })
    await sender.send(transaction)
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'pending' })
    const block = await makeBlock()
    await makeBlock()
    const included = { kind: 'included', block, revertReason: null }
    expect(await sender.status(transaction.hash)).toEqual(included)
  })

  it('why it reverted, once that is in a block', async () => {
    const { sender, revertingCall, makeBlock } = stage()
    const { hash } = await sent(stage(), 0, { calls: [revertingCall] })
    expect(await sender.status(hash)).toEqual({ kind: 'pending' })
    const block = await makeBlock()
    expect(await sender.status(hash)).toEqual({
      kind: 'included',
      block,
      revertReason: expect.stringMatching(/./),
    })
  })

  it('nothing that it says of another one', async () => {
    const { accounts, sender, makeBlock } = stage()
    const first = await sent(stage(), 0)
    const before = await makeBlock()
    const second = await sent(stage(), 0, { account: accounts[1] })
    expect(await sender.status(first.hash)).toMatchObject({ kind: 'included', block: before })
    expect(await sender.status(second.hash)).toEqual({ kind: 'pending' })
  })

  it('in which block it is by number, and of each block the hash', async () => {
    const { sender, makeBlock } = stage()
    const [first, second] = [await makeBlock(), await makeBlock()]
    const hashes = [await sender.blockHash(first), await sender.blockHash(second)]
    expect(hashes.every((hash) => /^0x[0-9a-f]+$/.test(hash ?? ''))).toBe(true)
    expect(hashes[0]).not.toBe(hashes[1])
    expect(await sender.blockHash(first)).toBe(hashes[0])
    expect(await sender.blockHash(second + 1)).toBeNull()
  })
}

const describeReorgs = (stage: () => SenderStage): void => {
  it('a transaction that waits again is pending, and gets into another block under the same hash', async () => {
    const { accounts, sender, makeBlock, reorg, effects } = stage()
    await makeBlock()
    const { hash } = await sent(stage(), 0)
    const block = await makeBlock()
    const before = await sender.blockHash(block)
    await reorg(1, true)
    expect(await sender.status(hash)).toEqual({ kind: 'pending' })
    expect(await sender.blockHash(block)).toBeNull()
    expect(await sender.nonce(accounts[0])).toBe(1n)
    await makeBlock()
    expect(await sender.status(hash)).toEqual({ kind: 'included', block, revertReason: null })
    expect(await sender.blockHash(block)).not.toBe(before)
    expect(effects()).toEqual([0])
  })

  it('a transaction that is lost is unknown, as are those after it, and its nonce is free again', async () => {
    const { accounts, sender, makeBlock, reorg, effects } = stage()
    await makeBlock()
    const lost = await sent(stage(), 0)
    await makeBlock()
    const after = await sent(stage(), 1)
    await reorg(1, false)
    for (const { hash } of [lost, after])
      expect(await sender.status(hash)).toEqual({ kind: 'unknown' })
    expect(await sender.nonce(accounts[0])).toBe(0n)
    expect(await sender.send(after)).toEqual({ kind: 'wrong-nonce' })
    expect(await sender.send(lost)).toEqual({ kind: 'sent' })
    expect(await sender.send(after)).toEqual({ kind: 'sent' })
    await makeBlock()
    expect(effects()).toEqual([0, 1])
  })
}

const describeLine = (stage: () => SenderStage): void => {
  /** Everything that can be asked of a node. */
  const asked = async (signal?: AbortSignal) => {
    const { sender, accounts } = stage()
    const transaction = await signed(stage(), 0)
    return [
      () => sender.nonce(accounts[0], signal),
      () => sender.status(transaction.hash, signal),
      () => sender.blockHash(0, signal),
      () => sender.send(transaction, signal),
    ]
  }

  it.each(['loseRequests', 'loseAnswers'] as const)(
    'what was asked can be asked again, and is answered then (%s)',
    async (lose) => {
      for (const ask of await asked()) {
        const expected = stage().effects()
        stage()[lose](1)
        await expect(ask()).rejects.toThrow(RetryableError)
        await ask()
        expect(stage().effects()).toEqual(expected)
      }
      await stage().makeBlock()
      expect(stage().effects()).toEqual([0])
    },
  )

  it('a transaction whose request was lost is unknown, and takes effect when it is sent again', async () => {
    const { sender, loseRequests, makeBlock, effects } = stage()
    const transaction = await signed(stage(), 0)
    loseRequests(1)
    await expect(sender.send(transaction)).rejects.toThrow(RetryableError)
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'unknown' })
    await makeBlock()
    expect(effects()).toEqual([])
    expect(await sender.send(transaction)).toEqual({ kind: 'sent' })
    await makeBlock()
    expect(effects()).toEqual([0])
  })

  it('a transaction whose answer was lost is there, and takes effect once', async () => {
    const { sender, loseAnswers, makeBlock, effects } = stage()
    const transaction = await signed(stage(), 0)
    await sender.nonce(stage().accounts[0])
    loseAnswers(1)
    await expect(sender.send(transaction)).rejects.toThrow(RetryableError)
    expect(await sender.status(transaction.hash)).toEqual({ kind: 'pending' })
    expect(await sender.send(transaction)).toEqual({ kind: 'sent' })
    await makeBlock()
    expect(effects()).toEqual([0])
  })

  it('a node that is away is waited for by its caller, and answers when it is back', async () => {
    await stage().cut(true)
    for (const ask of await asked()) {
      await expect(ask()).rejects.toThrow(RetryableError)
      await expect(ask()).rejects.toThrow(RetryableError)
    }
    await stage().cut(false)
    for (const ask of await asked()) await ask()
    await stage().makeBlock()
    expect(stage().effects()).toEqual([0])
  })

  it('nothing is asked for an aborted signal, whose reason is thrown', async () => {
    const reason = new Error('time to go')
    for (const ask of await asked(AbortSignal.abort(reason)))
      await expect(ask()).rejects.toBe(reason)
    await stage().makeBlock()
    expect(stage().effects()).toEqual([])
  })

  it('nothing is waited for any longer once the signal aborts, whose reason is thrown', async () => {
    await stage().sender.nonce(stage().accounts[0])
    const reason = new Error('time to go')
    for (const at of [0, 1, 2, 3]) {
      const stop = new AbortController()
      const ask = (await asked(stop.signal))[at]
      stage().holdRequest()
      const ended = expect(ask?.()).rejects.toBe(reason)
      stop.abort(reason)
      await ended
    }
  })
}
