// Boost.URL's compiled part, built here: Debian's Boost headers bring its source, while its library is a package of its own.
#include <boost/url/src.hpp>
