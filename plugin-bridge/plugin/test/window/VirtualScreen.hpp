#pragma once
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <cstdint>
#include <cstdio>
#include <string>

namespace host {

/// A display with one window of a host, in which the plugin's is put, and the user's hands: pointer and keys come as from devices.
class VirtualScreen
{
public:
    static constexpr int left = 50, top = 40;

    VirtualScreen(unsigned width, unsigned height) : display(XOpenDisplay(nullptr))
    {
        if (display == nullptr) return;
        XSetWindowAttributes attributes{};
        attributes.override_redirect = True; // there is no window manager to place it
        window = XCreateWindow(display, DefaultRootWindow(display), left, top, width, height, 0, CopyFromParent, InputOutput, nullptr,
                               CWOverrideRedirect, &attributes);
        XMapRaised(display, window);
        XSync(display, False);
    }
    ~VirtualScreen()
    {
        if (display != nullptr) XCloseDisplay(display);
    }
    VirtualScreen(const VirtualScreen&) = delete;
    VirtualScreen& operator=(const VirtualScreen&) = delete;

    bool open() const { return display != nullptr; }
    Window id() const { return window; }

    // Places are in the plugin's window.
    void point(int x, int y)
    {
        XTestFakeMotionEvent(display, -1, left + x, top + y, CurrentTime);
        XSync(display, False);
    }
    void button(unsigned number, bool down)
    {
        XTestFakeButtonEvent(display, number, down ? True : False, CurrentTime);
        XSync(display, False);
    }
    void key(KeySym symbol)
    {
        const KeyCode code = XKeysymToKeycode(display, symbol);
        XTestFakeKeyEvent(display, code, True, CurrentTime);
        XTestFakeKeyEvent(display, code, False, CurrentTime);
        XSync(display, False);
    }

    /// 0xRRGGBB as it is on the screen.
    uint32_t pixel(int x, int y) const
    {
        XImage* image = XGetImage(display, DefaultRootWindow(display), left + x, top + y, 1, 1, AllPlanes, ZPixmap);
        const uint32_t colour = image != nullptr ? uint32_t(XGetPixel(image, 0, 0)) & 0xffffff : 0;
        if (image != nullptr) XDestroyImage(image);
        return colour;
    }

    /// Pixels of a piece of the window that are not of `colour`: something is written there.
    int drawn(int x, int y, unsigned width, unsigned height, uint32_t colour) const
    {
        int count = 0;
        XImage* image = XGetImage(display, DefaultRootWindow(display), left + x, top + y, width, height, AllPlanes, ZPixmap);
        if (image == nullptr) return 0;
        for (unsigned row = 0; row < height; ++row)
            for (unsigned column = 0; column < width; ++column)
                count += (uint32_t(XGetPixel(image, int(column), int(row))) & 0xffffff) != colour;
        XDestroyImage(image);
        return count;
    }

    /// Writes the window as a pixmap (PPM).
    void photograph(const std::string& path, unsigned width, unsigned height) const
    {
        XImage* image = XGetImage(display, DefaultRootWindow(display), left, top, width, height, AllPlanes, ZPixmap);
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (image != nullptr && file != nullptr)
        {
            std::fprintf(file, "P6 %u %u 255\n", width, height);
            for (unsigned row = 0; row < height; ++row)
                for (unsigned column = 0; column < width; ++column)
                {
                    const unsigned long colour = XGetPixel(image, int(column), int(row));
                    for (int shift : {16, 8, 0}) std::fputc(int(colour >> shift & 0xff), file);
                }
        }
        if (file != nullptr) std::fclose(file);
        if (image != nullptr) XDestroyImage(image);
    }

private:
    Display* display;
    Window window = 0;
};

} // namespace host
