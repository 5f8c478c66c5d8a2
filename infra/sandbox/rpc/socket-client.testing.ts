/** A WebSocket client for tests: requests with their answers, and notices one after the other. */
import { WebSocket } from 'ws'

export type SocketNotice = Readonly<{
  method: string
  params: Readonly<Record<string, unknown> & { result: Answered }>
}>
export type Answered = Readonly<Record<string, unknown>>

export type SocketClient = Readonly<{
  /** The whole answer to a request. */
  ask: (
    method: string,
    params?: unknown,
  ) => Promise<Readonly<{ result?: unknown; error?: { code: number } }>>
  /** The next notice; rejects when the socket closes before it comes. */
  next: () => Promise<SocketNotice>
  /** Notices that came and were not taken yet. */
  waiting: () => readonly SocketNotice[]
  /** Resolves with the code when the socket has closed. */
  closed: Promise<number>
  socket: WebSocket
}>

type Taker = Readonly<{ take: (notice: SocketNotice) => void; fail: (error: Error) => void }>

export const openSocket = async (rpcUrl: string, path = '/'): Promise<SocketClient> => {
  const socket = new WebSocket(`${rpcUrl.replace('http', 'ws')}${path}`)
  const answers = new Map<number, (answer: { result?: unknown }) => void>()
  const notices: SocketNotice[] = []
  const takers: Taker[] = []
  let requests = 0
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8'))
    if ('id' in message) return answers.get(message.id)?.(message)
    const taker = takers.shift()
    if (taker === undefined) notices.push(message)
    else taker.take(message)
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      for (const { fail } of takers.splice(0)) fail(new Error(`the socket closed with ${code}`))
      resolve(code)
    })
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    ask: (method, params) =>
      new Promise((resolve) => {
        requests += 1
        answers.set(requests, resolve)
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: requests, method, params }))
      }),
    next: () =>
      new Promise((resolve, reject) => {
        const notice = notices.shift()
        if (notice === undefined) takers.push({ take: resolve, fail: reject })
        else resolve(notice)
      }),
    waiting: () => notices,
    closed,
    socket,
  }
}
