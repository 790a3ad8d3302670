// Processes full of clients, asked all at once.

import { fork } from 'node:child_process'

const WORKER = new URL('../storm_worker.mjs', import.meta.url)

/** Starts `count` of them. `ask(command, options)` gives the answers of all, one list. */
export function newWorkers(count) {
  const workers = Array.from({ length: count }, () => fork(WORKER))
  const waiting = new Map()
  let number = 0
  for (const worker of workers) {
    process.once('exit', () => worker.kill('SIGKILL'))
    worker.on('message', ({ number: answered, value, error }) => {
      const { done, failed } = waiting.get(answered)
      waiting.delete(answered)
      if (error) failed(new Error(error))
      else done(value)
    })
    worker.on('exit', (code) => {
      for (const { failed } of waiting.values()) failed(new Error(`a worker ended with ${code}`))
    })
  }
  const tell = (worker, command, options) =>
    new Promise((done, failed) => {
      number += 1
      waiting.set(number, { done, failed })
      worker.send({ number, command, ...options })
    })
  return {
    /** `optionsOf(index)`: what is for that one alone. */
    ask: async (command, options = {}, optionsOf = () => ({})) => {
      const answers = workers.map((worker, index) => tell(worker, command, { ...options, ...optionsOf(index) }))
      return (await Promise.all(answers)).flat()
    },
    close: () => workers.forEach((worker) => worker.disconnect()),
  }
}
