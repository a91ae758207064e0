/* An ALSA sequencer that does nothing, to be preloaded: Qtractor does not start where the kernel has none, as in containers.
 * Nothing of it reaches the audio engine. Plain C without ALSA's headers: the arguments that matter are pointers. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define NOTHING(name) \
  long name(void) { return 0; }

static int ends[2] = {-1, -1};
static char sequencer;

int snd_seq_open(void **handle) {
  *handle = &sequencer;
  return pipe(ends);
}

int snd_seq_client_id(void) { return 128; }

int snd_seq_create_simple_port(void) {
  static int port;
  return port++;
}

int snd_seq_event_input(void) { return -EAGAIN; }
int snd_seq_get_any_client_info(void) { return -ENOENT; }
int snd_seq_get_any_port_info(void) { return -ENOENT; }
int snd_seq_query_next_client(void) { return -ENOENT; }
int snd_seq_query_next_port(void) { return -ENOENT; }
int snd_seq_query_port_subscribers(void) { return -ENOENT; }
int snd_seq_poll_descriptors_count(void) { return 1; }

/* Nothing is ever written into the pipe: who waits for events waits. */
int snd_seq_poll_descriptors(void *handle, struct pollfd *into) {
  (void)handle;
  into->fd = ends[0];
  into->events = POLLIN;
  into->revents = 0;
  return 1;
}

NOTHING(snd_seq_close)
NOTHING(snd_seq_set_client_name)
NOTHING(snd_seq_alloc_queue)
NOTHING(snd_seq_free_queue)
NOTHING(snd_seq_control_queue)
NOTHING(snd_seq_delete_simple_port)
NOTHING(snd_seq_drain_output)
NOTHING(snd_seq_drop_input)
NOTHING(snd_seq_drop_output)
NOTHING(snd_seq_event_input_pending)
NOTHING(snd_seq_event_output)
NOTHING(snd_seq_event_output_direct)
NOTHING(snd_seq_free_event)
NOTHING(snd_seq_get_port_info)
NOTHING(snd_seq_set_port_info)
NOTHING(snd_seq_get_queue_status)
NOTHING(snd_seq_queue_status_get_tick_time)
NOTHING(snd_seq_get_queue_tempo)
NOTHING(snd_seq_set_queue_tempo)
NOTHING(snd_seq_set_queue_timer)
NOTHING(snd_seq_remove_events)
NOTHING(snd_seq_subscribe_port)
NOTHING(snd_seq_unsubscribe_port)
