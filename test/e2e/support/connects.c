// Preloaded into every process of the app in tests: connections and packets to anywhere but this machine, and names
// that are looked up, are noted in the file named by SONIDESK_TEST_CONNECTS and fail as on a machine without a network.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *what, const char *where) {
  const char *path = getenv("SONIDESK_TEST_CONNECTS");
  if (path == NULL) return;
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  char line[512];
  int length = snprintf(line, sizeof line, "%s %s\n", what, where);
  if (write(file, line, (size_t)length) != length) abort();
  close(file);
}

// 1 when it leaves this machine.
static int outside(const char *what, const struct sockaddr *address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == NULL) return 0;
  if (address->sa_family == AF_INET) {
    const struct in_addr *ip = &((const struct sockaddr_in *)address)->sin_addr;
    if (ntohl(ip->s_addr) >> 24 == 127) return 0;
    inet_ntop(AF_INET, ip, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const struct in6_addr *ip = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (IN6_IS_ADDR_LOOPBACK(ip) || (IN6_IS_ADDR_V4MAPPED(ip) && ip->s6_addr[12] == 127)) return 0;
    inet_ntop(AF_INET6, ip, text, sizeof text);
  } else {
    return 0;
  }
  note(what, text);
  errno = ENETUNREACH;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int connect(int socket, const struct sockaddr *address, socklen_t length) {
  return outside("connect", address) ? -1 : REAL(connect)(socket, address, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length) {
  return outside("sendto", address) ? -1 : REAL(sendto)(socket, data, size, flags, address, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
  return outside("sendmsg", message->msg_name) ? -1 : REAL(sendmsg)(socket, message, flags);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  if (node != NULL && strcmp(node, "localhost") != 0 && !(hints != NULL && (hints->ai_flags & AI_NUMERICHOST))) {
    unsigned char ip[16];
    if (inet_pton(AF_INET, node, ip) != 1 && inet_pton(AF_INET6, node, ip) != 1) {
      note("getaddrinfo", node);
      return EAI_FAIL;
    }
  }
  return REAL(getaddrinfo)(node, service, hints, result);
}
