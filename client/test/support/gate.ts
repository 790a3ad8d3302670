// A TCP proxy before the sidecar that can be told to fail in ways a network does.

import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Gate {
  readonly url: string
  /** Lets requests through and cuts the connection before the answer, this many times. */
  loseAnswers(count: number): void
  /** Has the sidecar behind it know nothing of feeds: nobody asks it for one. Only polling can be read here. */
  hideFeeds(): void
  /** Cuts what is open and refuses what comes, until `open`. */
  close(): void
  open(): void
  end(): void
}

export async function gateTo(port: number): Promise<Gate> {
  let toLose = 0
  let isClosed = false
  let hidesFeeds = false
  const open = new Set<Socket>()
  const server: Server = createServer((client) => {
    if (isClosed) {
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => {
      // As long as it was, so that the request's length stays true.
      const hidden = hidesFeeds ? chunk.toString('latin1').replace('"resume":', '"unsaid":') : null
      upstream.write(hidden === null ? chunk : Buffer.from(hidden, 'latin1'))
    })
    upstream.on('data', (chunk: Buffer) => {
      // Only answers to HTTP begin so; frames of a websocket pass.
      if (toLose > 0 && chunk.subarray(0, 5).toString() === 'HTTP/') {
        toLose -= 1
        client.destroy()
      } else {
        client.write(chunk)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const cut = (): void => {
    for (const socket of [...open]) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: (count) => {
      toLose = count
    },
    hideFeeds: () => {
      hidesFeeds = true
    },
    close: () => {
      isClosed = true
      cut()
    },
    open: () => {
      isClosed = false
    },
    end: () => {
      cut()
      server.close()
    },
  }
}
