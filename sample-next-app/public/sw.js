// Shows what the sidecar pushes to this browser, and opens the page of it.

self.addEventListener('push', (event) => {
  const { title = 'Outrigger sample', body = '', type, postId } = event.data?.json() ?? {}
  // One of a kind replaces the one before it.
  event.waitUntil(self.registration.showNotification(title, { body, tag: postId ?? type, data: { url: '/social' } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(opened(event.notification.data?.url ?? '/'))
})

async function opened(url) {
  const pages = await self.clients.matchAll({ type: 'window' })
  const page = pages.find((one) => new URL(one.url).pathname === url)
  return page ? page.focus() : self.clients.openWindow(url)
}
