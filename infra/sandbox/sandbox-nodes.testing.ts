/** Nodes on the tally game that are closed at the end of each test. */
import { afterEach } from 'vitest'
import { tallySandbox } from './sandbox.testing.ts'
import type { SandboxNode } from './sandbox-node.ts'

export type TestNodes = Readonly<{
  /** As `tallySandbox`; the node is closed after the test, however that ends. */
  open: typeof tallySandbox
  /** Closes a node before its test has ended. */
  close: (node: SandboxNode) => void
}>

/** To be called once in a file of tests. */
export const testNodes = (): TestNodes => {
  const nodes = new Set<SandboxNode>()
  const close = (node: SandboxNode): void => {
    nodes.delete(node)
    node.close()
  }
  afterEach(() => {
    for (const node of nodes) close(node)
  })
  return {
    open: (...given) => {
      const node = tallySandbox(...given)
      nodes.add(node)
      return node
    },
    close,
  }
}
