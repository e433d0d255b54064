// Waits for what a process of the bench has to say.

/** The next message of a process; an error if it ends without one. */
export function reply(worker) {
  return new Promise((resolve, reject) => {
    const onExit = (status) => {
      worker.off('message', onMessage)
      reject(new Error(`A process of the bench ended with ${status}.`))
    }
    const onMessage = (message) => {
      worker.off('exit', onExit)
      resolve(message)
    }
    worker.once('exit', onExit)
    worker.once('message', onMessage)
  })
}
