import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describeTransactionSender } from '../../commands/transaction-sender.contract.ts'
import type { TransactionSender } from '../../commands/transaction-sender.ts'
import type { Felt } from '../../domain/felt.ts'
import type { RequestFault } from '../sandbox/chain/faults.ts'
import { ADDED, TALLY_ADDRESS } from '../sandbox/chain/tally-game.testing.ts'
import { startRpcServer } from '../sandbox/rpc/server.ts'
import { accountAt, hexOf, resultOf, tallySandbox } from '../sandbox/sandbox.testing.ts'
import { createJsonRpcClient } from './json-rpc-client.ts'
import { createTransactionSender } from './transaction-sender.ts'

/** What a sender asks for, but for the chain id, which it asks for once. */
const ASKED = [
  'starknet_getNonce',
  'starknet_addInvokeTransaction',
  'starknet_getTransactionStatus',
  'starknet_getTransactionReceipt',
  'starknet_getBlockWithTxHashes',
]
const KEY = 5n

/** A gateway answers for a node that the request does not reach. */
const UNREACHED: RequestFault = { kind: 'status', status: 503, retryAfterSeconds: null }

type EventsPage = Readonly<{ events: readonly Readonly<{ data: readonly Felt[] }>[] }>

/** A sandbox on the tally game, in a file, so that a restart loses its pool alone. */
const restartingNode = (dataFile: string) => {
  let node = tallySandbox({ dataFile })
  return {
    now: () => node,
    restart: (): void => {
      node.close()
      node = tallySandbox({ dataFile })
    },
    strike: (fault: RequestFault, requests: number): void =>
      node.faults.plan({ fault, methods: ASKED, requests }),
  }
}

type RestartingNode = ReturnType<typeof restartingNode>

/** The node behind a port, which can be closed and opened again. */
const serve = async ({ now }: RestartingNode) => {
  const start = (port: number): ReturnType<typeof startRpcServer> =>
    startRpcServer(
      port,
      {
        serves: (url) => now().serves(url),
        answer: (text, url) => now().answer(text, url),
        connect: (port, url) => now().connect(port, url),
      },
      (error) => {
        throw error
      },
    )
  let server = await start(0)
  const { port, url } = server
  return {
    url,
    close: () => server.close(),
    open: async (): Promise<void> => {
      server = await start(port)
    },
  }
}

describeTransactionSender('the Starknet sender on the sandbox', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronohex-sender-'))
  const node = restartingNode(path.join(folder, 'sandbox.db'))
  const server = await serve(node)
  const [one, other] = [accountAt(node.now(), 6), accountAt(node.now(), 7)]
  const { chainId } = node.now().chain
  const open = (): TransactionSender =>
    createTransactionSender({
      rpc: createJsonRpcClient({ url: server.url }),
      chainId,
      accounts: node.now().accounts,
    })
  const to = hexOf(TALLY_ADDRESS)
  return {
    sender: open(),
    reopened: open,
    accounts: [one.address, other.address],
    stranger: '0xdead',
    call: (number) => ({
      to,
      entrypoint: 'add',
      calldata: [hexOf(KEY), hexOf(BigInt(number))],
    }),
    revertingCall: { to, entrypoint: 'fail', calldata: [] },
    spoilt: (transaction) => {
      const nothing = { maxAmount: '0', maxPricePerUnit: '0' }
      return {
        ...transaction,
        bounds: { l1Gas: nothing, l1DataGas: nothing, l2Gas: nothing },
      }
    },
    makeBlock: async () => node.now().mine().number,
    reorg: async (depth, isKept) => void node.now().chain.reorg(depth, isKept),
    losePool: async () => node.restart(),
    effects: () => {
      const filter = { from_block: { block_number: 0 }, to_block: 'latest', chunk_size: 100 }
      const keys = [[hexOf(ADDED)], [hexOf(KEY)]]
      const { events } = resultOf<EventsPage>(node.now(), 'starknet_getEvents', {
        filter: { ...filter, keys },
      })
      return events.map(({ data }) => Number(data[0]))
    },
    loseRequests: (count) => node.strike(UNREACHED, count),
    loseAnswers: (count) => node.strike({ kind: 'cut' }, count),
    cut: (isCut) => (isCut ? server.close() : server.open()),
    holdRequest: () => node.strike({ kind: 'timeout' }, 1),
    close: async () => {
      await server.close()
      node.now().close()
      rmSync(folder, { recursive: true })
    },
  }
})
