// Contract `tracking` at `/socket.io`: who connects is welcomed; the rest comes from the app.

export function tracking() {
  return {
    contract: 'tracking',
    connected(socket) {
      const at = new Date()
      socket.emit('notification', {
        id: `welcome_${at.getTime()}`,
        type: 'system',
        title: 'Connected',
        message: 'Real-time updates are now active',
        timestamp: at.toISOString(),
        read: false,
      })
    },
  }
}
